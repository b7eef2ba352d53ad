import type { Lock } from '../../config/lock/lock.ts';
import type { Digest } from '../../core/digest.ts';
import type { Platform } from '../../core/platform.ts';
import { type About, differs, type Finding, same, unsaid } from './finding.ts';

/** What says which programs a release has. */
export interface ExpectedPrograms {
  /** Undefined where none is at hand. */
  readonly lock: Lock | undefined;
  /** Why there is none, or it does not count: a sentence. */
  readonly whyNot?: string;
  /** Projects with patches of whoever made the release: the published hashes say nothing of them. */
  readonly patched: ReadonlySet<string>;
}

interface Program {
  readonly platform: Platform;
  readonly sha256: Digest;
  /** Its own name: `kubelet.exe`. */
  readonly file: string;
  /** What the manifest calls the component that it is of. */
  readonly component: string;
}

/** Whether the lock speaks of a program of this name. */
export function isExpected({ lock }: ExpectedPrograms, platform: Platform, file: string): boolean {
  return expectationsOf(lock, platform, file).length > 0;
}

/** Says of a program whether it is what the lock of its release expects. */
export function checkProgram(about: About, program: Program, expected: ExpectedPrograms): Finding {
  const { lock, whyNot, patched } = expected;
  if (lock === undefined) return unsaid(about, whyNot ?? 'There is no lock of this release.');
  const { platform, file, component, sha256 } = program;
  const all = expectationsOf(lock, platform, file);
  // What a component is called ends in what its repository is called, but for a few.
  const named = all.filter(({ project }) => project.endsWith(`/${component}`));
  const candidates = named.length > 0 ? named : all;
  const found = candidates.find((each) => each.sha256 === sha256) ?? candidates[0];
  if (found === undefined)
    return unsaid(about, `The lock of ${lock.release} expects no ${file} for ${platform}.`);
  const { project, checksums } = found;
  const where = `${checksums.file}:${found.line}`;
  if (found.sha256 === sha256) return same(about, `It has the SHA-256 of ${project} (${where}).`);
  const hashes = { expected: found.sha256, found: sha256 };
  if (patched.has(project)) {
    return { ...unsaid(about, `${project} has patches of whoever made this release.`), ...hashes };
  }
  if (checksums.authority === 'built')
    return differs(about, `${project} expects another (${where}).`, hashes);
  const why = `Not what ${where} says, whose authority is "${checksums.authority}".`;
  return { ...about, verdict: 'stale-expectation', comparable: false, why, ...hashes };
}

function expectationsOf(lock: Lock | undefined, platform: Platform, name: string) {
  return Object.entries(lock?.projects ?? {}).flatMap(([project, { checksums }]) => {
    if (checksums === undefined) return [];
    return checksums.files
      .filter((each) => each.platform === platform && each.name === name)
      .map(({ sha256, line }) => ({ project, sha256, line, checksums }));
  });
}
