import { resolve } from 'node:path';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { InsecureOptions } from '../../oci/registry/endpoint.ts';
import { recordedName } from '../../run/sample/name.ts';
import { openStatementPlaces, type StatementPlace } from '../../run/wiring/statement-places.ts';
import { verifyBundle } from '../../statement/sign/verify-bundle.ts';
import { type Challenge, challengeOf } from '../../statement/trust/challenge.ts';
import { claimAbout, lookInto } from '../../statement/trust/look-into.ts';
import { type Policy, readPolicy } from '../../statement/trust/policy.ts';
import {
  type OpenStatement,
  type Rebuilt,
  readListed,
  readReferring,
} from '../../statement/trust/rebuilder.ts';
import { uncheckedStatement } from '../../statement/trust/statement-in.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { activityOf } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';
import { describeChallenge } from './describe.ts';
import { imagesThere } from './images.ts';

export interface ChallengeOptions extends GlobalOptions, InsecureOptions {
  readonly with: readonly string[];
  readonly policy?: string;
  readonly json?: boolean;
}

/** Without a policy: fewer agree with nobody. */
const usuallyNeeded = 2;

/**
 * `eksd-rebuild challenge RELEASE --with PLACE...`: exit code 0 where enough say the same of each file, and that it is the published one;
 * 1 where they do not; 5 where nobody says anything.
 */
export async function challenge(release: string, options: ChallengeOptions, host: Host): Promise<number> {
  const say = activityOf(host);
  const compared = await compare(release, options, say, host);
  say('');
  if (!compared.ok) return reportFailure(compared.error, host);
  const { value } = compared;
  host.stdout.write(options.json === true ? `${JSON.stringify(value, null, 2)}\n` : describeChallenge(value));
  const { rows, refused } = value;
  if (rows.length === 0 && refused.length === 0) return exitCode.nothingCompared;
  return refused.length === 0 && rows.every(isFine) ? exitCode.identical : exitCode.different;
}

function isFine({ state, says }: Challenge['rows'][number]): boolean {
  return (
    state === 'agreed' && says.every(({ verdict }) => verdict === 'identical' || verdict === 'equivalent')
  );
}

async function compare(
  given: string,
  options: ChallengeOptions,
  say: ReturnType<typeof activityOf>,
  host: Host,
): Promise<Result<Challenge, Failure>> {
  const policy =
    options.policy === undefined
      ? ok(undefined)
      : await readPolicy(resolve(host.cwd, options.policy), options.policy);
  if (!policy.ok) return policy;
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return workspace;
  const opener = openStatementPlaces(workspace.value, host, options);
  const places: StatementPlace[] = [];
  for (const word of options.with) {
    const place = await opener.open(word);
    if (!place.ok) return place;
    const same = places.find(({ at }) => at === place.value.at);
    if (same !== undefined) return twice(same.shown, place.value.shown);
    places.push(place.value);
  }
  if (places.length < 2 && policy.value === undefined) return alone;
  const release = recordedName(given);
  const open = policy.value === undefined ? openUnchecked : openSigned(policy.value, host);
  const rebuilt: Rebuilt[] = [];
  for (const place of places) {
    const { shown } = place;
    say(`reading statements: ${shown}`);
    if ('read' in place) {
      const listed = await readListed({ read: place.read, shown, open }, release);
      if (!listed.ok) return listed;
      rebuilt.push(listed.value);
      continue;
    }
    const images = await imagesThere(given, place, options, host);
    if (!images.ok) return images;
    const referring = await readReferring(images.value, { shown, open }, release);
    if (!referring.ok) return referring;
    rebuilt.push(referring.value);
  }
  const needed = policy.value?.agree ?? usuallyNeeded;
  return challengeOf(release, rebuilt, { needed, policy: options.policy });
}

function openSigned(policy: Policy, { now }: Host): OpenStatement {
  const looking = { policy, verify: verifyBundle, now: now() };
  return async (found, subject) => {
    const looked = await lookInto(found, subject, looking);
    if (!looked.ok) return looked;
    if ('why' in looked.value) return ok(looked.value);
    const { signer, ...said } = looked.value;
    return ok({ rebuilder: signer, ...said });
  };
}

/** Whoever keeps a place may say what he likes there. */
const openUnchecked: OpenStatement = async (found, subject, shown) => {
  const { place } = found;
  const statement = uncheckedStatement(found);
  if (!statement.ok) return ok({ place, why: statement.error });
  const said = claimAbout(statement.value, subject, place);
  return ok(said.ok ? { rebuilder: shown, ...said.value, place } : { place, why: said.error });
};

const alone: Result<never, Failure> = {
  ok: false,
  error: {
    reason: 'usage',
    message: '--with names one place, and without a policy a place is one rebuilder.',
    help: 'Name another, or give the policy that says who signed there: --policy.',
  },
};

function twice(shown: string, again: string): Result<never, Failure> {
  const names = shown === again ? `${shown} twice` : `${shown} twice, once as ${again}`;
  const message = `--with names ${names}, which would agree with itself.`;
  return { ok: false, error: { reason: 'usage', message, help: 'Name each place once.' } };
}
