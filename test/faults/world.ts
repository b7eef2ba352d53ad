import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { createRepository, type TestCommit } from '../rig/repository.ts';
import { buildByHand } from './by-hand.ts';
import type { Fault } from './catalogue.ts';

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

/** A root in which each fault is a release of its own, in its order: `v1-0-eks-2` has the first. */
export interface FaultyWorld {
  readonly root: string;
  readonly releases: readonly FaultyRelease[];
}

export interface FaultyRelease {
  readonly fault: Fault;
  readonly release: string;
  /** The published program that differs, and where it is. */
  readonly name: string;
  readonly file: string;
}

/**
 * Builds what each fault publishes, by hand, and lays out upstream's repository, the sources and a root to work in.
 * @param buildCache which the builds fill: that of the store of who explains them, so that Go's own packages are compiled once.
 */
export async function layFaultyWorld(
  folder: string,
  faults: readonly Fault[],
  buildCache?: string,
): Promise<FaultyWorld> {
  const repositories = join(folder, 'repositories');
  execFileSync('sh', [join(examples, 'repositories.sh'), repositories]);
  const commits: TestCommit[] = [{ files: upstreamFiles(), date: dayOf(0) }];
  const releases: FaultyRelease[] = [];
  for (const [at, fault] of faults.entries()) {
    const work = join(folder, 'published', String(at + 1));
    mkdirSync(work, { recursive: true });
    const programs = buildByHand(fault.build, repositories, work, buildCache);
    const [name = '', file = ''] = [...programs][0] ?? [];
    releases.push({ fault, release: `v1-0-eks-${at + 2}`, name, file });
    commits.push(...releaseCommits(fault, at + 2, programs));
  }
  await createRepository(join(folder, 'upstream.git'), { commits });
  const root = join(folder, 'root');
  mkdirSync(join(root, 'releases'), { recursive: true });
  writeFileSync(
    join(root, 'eksd-rebuild.yaml'),
    `upstream: ../upstream.git
buildTooling: ../no-build-tooling.git
toolchains: { downloads: ../no-site }
sources: ../repositories/{org}/{repo}.git
`,
  );
  execFileSync('cp', ['-r', join(examples, 'projects'), root]);
  return { root, releases };
}

/** What upstream's repository holds before anything is wrong. */
function upstreamFiles(): Record<string, string> {
  const from = join(examples, 'upstream');
  const files: Record<string, string> = {};
  for (const entry of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files[path.slice(from.length + 1)] = readFileSync(path, 'utf8');
  }
  return files;
}

/** Two commits: what the release publishes, and its number. The next release takes back what this one changed. */
function releaseCommits(
  fault: Fault,
  number: number,
  programs: ReadonlyMap<string, string>,
): readonly TestCommit[] {
  const { project } = fault.build;
  const folder = `projects/sample/${project}/1-0`;
  const lines = [...programs].map(
    ([name, file]) => `${digestOf(readFileSync(file))}  _output/1-0/bin/${project}/linux-amd64/${name}\n`,
  );
  const files = { ...upstreamFiles(), [`${folder}/CHECKSUMS`]: lines.join('') };
  const patches = Object.keys(files).filter((path) => path.startsWith(`${folder}/patches/`));
  const last = patches.sort().at(-1) ?? '';
  const late = fault.release === 'patch-after-checksums';
  const before = late ? [{ files: { ...files, [last]: null }, date: dayOf(number * 4 + 1) }] : [];
  return [
    ...before,
    { files, date: dayOf(number * 4 + 2) },
    {
      files: { 'release/1-0/production/RELEASE': `${number}\n` },
      tags: [`v1-0-eks-${number}`],
      date: dayOf(number * 4 + 3),
    },
  ];
}

function dayOf(day: number): string {
  return new Date(Date.parse('2022-05-14T10:00:00Z') + day * 86_400_000).toISOString();
}
