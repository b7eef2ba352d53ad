import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCode } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { parseImageReference } from '../../core/image-reference.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { InsecureOptions } from '../../oci/registry/endpoint.ts';
import { openStatementPlaces, type StatementPlace } from '../../run/wiring/statement-places.ts';
import { verifyBundle } from '../../statement/sign/verify-bundle.ts';
import type { Answer } from '../../statement/trust/answer.ts';
import { readPolicy } from '../../statement/trust/policy.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { telling } from '../words/activity-of.ts';
import { reportFailure } from '../words/report-failure.ts';
import type { Asking } from './asking.ts';
import { describeAnswer } from './describe.ts';
import { answersAboutFiles } from './files.ts';
import { answerAboutImage } from './image.ts';

export interface TrustOptions extends GlobalOptions, InsecureOptions {
  readonly policy: string;
  readonly statements?: readonly string[];
  readonly json?: boolean;
}

/**
 * `eksd-rebuild trust IMAGE|FILE|DIR --policy FILE`: exit code 0 where all of it is trusted, 1 where anything is not; where a place cannot
 * be asked, there is no answer.
 */
export async function trust(what: string, options: TrustOptions, host: Host): Promise<number> {
  const answered = await telling(host, `asking about ${what}`, () => answerFor(what, options, host));
  if (!answered.ok) return reportFailure(answered.error, host);
  const { value } = answered;
  host.stdout.write(
    options.json === true ? `${JSON.stringify(value, null, 2)}\n` : describeAnswer(what, value),
  );
  return value.isTrusted ? exitCode.identical : exitCode.different;
}

async function answerFor(what: string, options: TrustOptions, host: Host): Promise<Result<Answer, Failure>> {
  const policy = await readPolicy(resolve(host.cwd, options.policy), options.policy);
  if (!policy.ok) return policy;
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return workspace;
  const opener = openStatementPlaces(workspace.value, host, options);
  const places: StatementPlace[] = [];
  for (const word of options.statements ?? []) {
    const place = await opener.open(word);
    if (!place.ok) return place;
    // The same twice would find the same twice, and say so twice.
    if (!places.some(({ at }) => at === place.value.at)) places.push(place.value);
  }
  const asking: Asking = { looking: { policy: policy.value, verify: verifyBundle, now: host.now() }, places };
  const path = resolve(host.cwd, what);
  // An empty word is no name of the folder that one is in.
  const there = what === '' ? undefined : await stat(path).catch(() => undefined);
  const named = parseImageReference(what);
  if (there === undefined && 'why' in named) return err(nothing(what, named.why));
  const answers =
    there === undefined && !('why' in named)
      ? await answerAboutImage(named, workspace.value.mirrors, opener, asking)
      : await answersAboutFiles(path, what, asking, host.signal);
  if (!answers.ok) return answers;
  const { subjects } = answers.value;
  const isTrusted = subjects.length > 0 && subjects.every((each) => each.isTrusted);
  return ok({ schema: 1, policy: options.policy, isTrusted, ...answers.value, subjects: [...subjects] });
}

function nothing(what: string, why: string): Failure {
  const message = `${what} is neither here nor an image: it ${why}.`;
  return {
    reason: 'usage',
    message,
    help: 'Name a file or folder that is there, or an image: HOST/PATH@sha256:... or HOST/PATH:TAG.',
  };
}
