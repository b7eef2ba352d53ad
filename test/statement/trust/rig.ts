import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeFailure } from '../../../orchestrator/core/describe-failure.ts';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { ok, type Result } from '../../../orchestrator/core/result.ts';
import { verifyBundle } from '../../../orchestrator/statement/sign/verify-bundle.ts';
import { answerAbout, type SubjectAnswer } from '../../../orchestrator/statement/trust/answer.ts';
import type { Found, LookUp } from '../../../orchestrator/statement/trust/found.ts';
import type { Verify } from '../../../orchestrator/statement/trust/look-into.ts';
import { type Policy, readPolicy } from '../../../orchestrator/statement/trust/policy.ts';
import { newParty, sha } from '../../rig/signed-statements.ts';

export const published = sha('etcd');

export const [acme, eddy, stranger] = [newParty('acme'), newParty('eddy', 'ed25519'), newParty('stranger')];

/** What is found, and what is said against it. The policy trusts `acme` and `eddy`, and asks one of them for the kind. */
export interface Forged {
  readonly name: string;
  readonly found: string | Found;
  readonly why: RegExp;
  readonly kind?: 'equivalence' | 'provenance' | 'summary';
}

export function unwrap<T>(result: Result<T, Failure>): T {
  if (result.ok) return result.value;
  throw new Error(describeFailure(result.error));
}

/** Reads a policy from a folder that has other files too. */
export async function policyFrom(
  text: string,
  files: Readonly<Record<string, string>> = {},
): Promise<Result<Policy, Failure>> {
  const folder = mkdtempSync(join(tmpdir(), 'policy-'));
  try {
    for (const [name, content] of Object.entries({ ...files, 'policy.yaml': text }))
      writeFileSync(join(folder, name), content);
    return await readPolicy(join(folder, 'policy.yaml'), 'policy.yaml');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A place that has these texts about a digest, whatever type is asked for. */
function placeOf(texts: Readonly<Record<string, readonly string[]>>): LookUp {
  return async (subject) =>
    ok((texts[subject] ?? []).map((text, at): Found => ({ place: `place/${at}`, text, isSigned: true })));
}

/** The answer about the published file by what is found about it. */
export async function answerBy(
  policy: Policy,
  found: readonly (string | Found)[],
  {
    verify = verifyBundle,
    now = Date.now(),
    more = {} as Readonly<Record<string, readonly string[]>>,
    subject = published,
  }: {
    /** SHA-256 of what is asked about. */
    readonly subject?: string;
    readonly verify?: Verify;
    readonly now?: number;
    readonly more?: Readonly<Record<string, readonly string[]>>;
  } = {},
): Promise<SubjectAnswer> {
  const beside = found.map(
    (each, at): Found =>
      typeof each === 'string' ? { place: `place/${at}`, text: each, isSigned: true } : each,
  );
  const sources = { beside, lookUps: [placeOf(more)] };
  return unwrap(await answerAbout('etcd', asDigest(subject), sources, { policy, verify, now }));
}

/** Everything that an answer says against what was found. */
export function whysIn({ requirements, refused }: SubjectAnswer): readonly string[] {
  return [...requirements.flatMap(({ others }) => others), ...refused].map(({ why }) => why);
}
