import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { TreeEntry } from '../../store/store.ts';
import { type FailureVerdict, verdictOfFailure } from './classify-failure.ts';

/** A node that should make files of a project for a platform, and what became of it. */
export interface NodeBuild {
  readonly node: string;
  /** The names of the files that it makes, where the recipe says them (a pattern does not). */
  readonly makes?: readonly string[];
  readonly outcome: BuildOutcome;
}

export type BuildOutcome =
  /** `entries`: of its output tree. */
  | { readonly status: 'built'; readonly entries: readonly TreeEntry[] }
  | { readonly status: 'failed'; readonly failure: Failure }
  /** A node that it needs failed, directly or through others. */
  | { readonly status: 'skipped'; readonly because: { readonly node: string; readonly failure: Failure } }
  | { readonly status: 'aborted' };

export interface BuiltFile {
  readonly sha256: Digest;
  readonly node: string;
}

/** The files that were made, by name. Links are none. Where two nodes make the same name the first counts. */
export function filesMade(builds: readonly NodeBuild[]): ReadonlyMap<string, BuiltFile> {
  const files = new Map<string, BuiltFile>();
  for (const { node, outcome } of builds) {
    if (outcome.status !== 'built') continue;
    for (const entry of outcome.entries) {
      if (entry.type !== 'file' || files.has(entry.path)) continue;
      files.set(entry.path, { sha256: entry.sha256, node });
    }
  }
  return files;
}

/** Why a file was not made: the part of a verdict that does not depend on the expectation. */
export interface Unmade {
  readonly verdict: FailureVerdict;
  readonly why: string;
  readonly node?: string;
  readonly failure?: Failure;
  readonly failedNode?: string;
}

/**
 * Why none of a platform's nodes made the file: the failure of the node that makes it, by its own word where it knows;
 * otherwise of any node that did not say which files are its own; otherwise nothing failed and the recipe lacks the file.
 */
export function unmadeBy(builds: readonly NodeBuild[], name: string): Unmade {
  const unfinished = builds.filter((build) => build.outcome.status !== 'built');
  const responsible =
    unfinished.find((build) => build.makes?.includes(name)) ??
    unfinished.find((build) => build.makes === undefined);
  if (responsible !== undefined) return unmadeByNode(responsible);
  const link = builds.find((build) => madeLink(build, name));
  const why = 'The build made no such file: the recipe for this tag lacks it.';
  if (link === undefined) return { verdict: 'build-failed', why };
  return { verdict: 'build-failed', why: 'The build made a link of that name, not a file.', node: link.node };
}

function madeLink({ outcome }: NodeBuild, name: string): boolean {
  if (outcome.status !== 'built') return false;
  return outcome.entries.some(({ type, path }) => type === 'link' && path === name);
}

/** The node whose failure left this one's files unmade; undefined where it was built. */
export function failedNodeOf(build: NodeBuild): string | undefined {
  return build.outcome.status === 'built' ? undefined : unmadeByNode(build).failedNode;
}

function unmadeByNode({ node, outcome }: NodeBuild): Unmade {
  switch (outcome.status) {
    case 'failed':
      return unmade(outcome.failure, node, node);
    case 'skipped':
      return unmade(outcome.because.failure, node, outcome.because.node);
    case 'aborted':
      return unmade({ reason: 'aborted' }, node, node);
    case 'built':
      throw new TypeError(`${node} was built: it has no failure`);
    default:
      return unreachable(outcome);
  }
}

function unmade(failure: Failure, node: string, failedNode: string): Unmade {
  const need = failedNode === node ? '' : `It needs ${failedNode}, which failed. `;
  return {
    verdict: verdictOfFailure(failure),
    why: `${need}${failureHeadline(failure)}`,
    node,
    failure,
    failedNode,
  };
}
