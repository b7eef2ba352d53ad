import type { LockedProject } from '../../orchestrator/config/lock/lock.ts';
import { type Digest, digestOf } from '../../orchestrator/core/digest.ts';
import { branded, isAssetName, isReleaseName } from '../../orchestrator/core/names.ts';
import type { Platform } from '../../orchestrator/core/platform.ts';
import { asRelativePath } from '../../orchestrator/core/relative-path.ts';
import type { RunReport } from '../../orchestrator/report/run-report.ts';
import type { TreeEntry } from '../../orchestrator/store/store.ts';
import { exitCodeFor, summarize, totalsOf } from '../../orchestrator/verdict/verify/summary.ts';
import type { FileVerdict } from '../../orchestrator/verdict/verify/verdict.ts';

/** The SHA-256 of a text: a file called so by its content. */
export function sha(content: string): Digest {
  return digestOf(content);
}

type Checksums = NonNullable<LockedProject['checksums']>;

/** A locked project whose CHECKSUMS names files, written `linux/amd64 tool=content`, from line 1 on. */
export function lockedWith(
  files: readonly string[],
  authority: Checksums['authority'] = 'built',
): LockedProject {
  return {
    repository: 'https://example.com/org/tool.git',
    tag: 'v1.2.3',
    commit: 'c'.repeat(40),
    patches: [],
    checksums: {
      file: asRelativePath('projects/org/tool/1-30/CHECKSUMS'),
      authority,
      ...(authority === 'built' ? {} : { because: 'projects/org/tool/Makefile:7' }),
      changed: '2024-04-30T08:00:00Z',
      changedBy: 'b'.repeat(40),
      files: files.map((text, index) => {
        const [platform, name, content = ''] = text.split(/[ =]/) as [Platform, string, string];
        return { platform, name: branded(isAssetName, name), sha256: sha(content), line: index + 1 };
      }),
    },
  };
}

/** Files of an output tree, written `tool=content`. */
export function treeOf(...files: readonly string[]): readonly TreeEntry[] {
  return files.map((text) => {
    const [path = '', content = ''] = text.split('=');
    return { path, type: 'file', executable: true, size: content.length, sha256: sha(content) };
  });
}

/** An identical file of org/tool for linux/amd64, but for what is given. */
export function fileVerdict(given: Partial<FileVerdict> = {}): FileVerdict {
  return {
    project: 'org/tool',
    platform: 'linux/amd64',
    name: 'tool',
    verdict: 'identical',
    authority: 'built',
    comparable: true,
    why: 'It has the published SHA-256.',
    ...given,
  };
}

/** A run over the projects of some verdicts; it took 90 seconds, and has no nodes but those that are given. */
export function runReport(verdicts: readonly FileVerdict[], given: Partial<RunReport> = {}): RunReport {
  const { byProject } = summarize(verdicts);
  return {
    tool: { name: 'eksd-rebuild', version: '0.1.0' },
    started: '2026-01-02T03:04:05.678Z',
    seconds: 90,
    exitCode: exitCodeFor(verdicts),
    interrupted: false,
    release: {
      name: branded(isReleaseName, 'v1-30-eks-5'),
      lock: sha('lock'),
      repository: 'https://example.com/upstream.git',
      tree: 'release',
      releaseCommit: { commit: 'd'.repeat(40), date: '2024-05-01T10:00:00Z' },
      projects: byProject.size,
      differences: 0,
    },
    projects: [...byProject].map(([name, totals]) => ({
      name,
      repository: `https://example.com/${name}.git`,
      tag: 'v1.2.3',
      commit: 'c'.repeat(40),
      go: { version: '1.21.10', flavour: 'official', read: 'ATTRIBUTION.txt:4', others: [] },
      patches: [],
      userPatches: [],
      markers: [],
      hasRecipe: true,
      totals,
    })),
    verdicts,
    totals: totalsOf(verdicts),
    nodes: [],
    ...given,
  };
}
