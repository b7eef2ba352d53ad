import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Host } from '../../orchestrator/host.ts';
import { installFakeGo } from './fake-go.ts';
import { type Ran, runMain, testHost } from './host.ts';
import { addCommits, createRepository } from './repository.ts';
import { release, settings, sources, upstreamFiles } from './world-content.ts';

/**
 * A small machine in a folder of its own: `root` (where the user works: settings, recipes, `releases`), `git` (the
 * repositories of others), `goroot` (a fake go), `cache`, `home`, `package`.
 */
export interface World {
  readonly folder: string;
  readonly root: string;
  readonly cache: string;
  readonly host: Host;
  /** Runs the program in `root`, or as `given` says. */
  run(argv: readonly string[], given?: Partial<Host>): Promise<Ran>;
}

const folders: string[] = [];
// Nobody waits for it.
process.on('exit', () => spawn('rm', ['-rf', ...folders], { detached: true, stdio: 'ignore' }).unref());

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'eksd-world-'));
  folders.push(folder);
  return folder;
}

let pristine: Promise<string> | undefined;
let warm: Promise<Warm> | undefined;

/** A world with the lock of `release`, and nothing in the cache but the clone of upstream. */
export async function newWorld(): Promise<World> {
  pristine ??= makePristine();
  return copyOf(await pristine);
}

interface Warm {
  readonly folder: string;
  /** How it came to be. */
  readonly runs: readonly Ran[];
}

/** A world in which the release was verified, by two runs at once. */
export async function warmWorld(): Promise<World> {
  return copyOf((await makeWarmOnce()).folder);
}

/** Those two runs, and the world that they left. Nobody may change it. */
export async function firstRuns(): Promise<{ readonly runs: readonly Ran[]; readonly world: World }> {
  const { folder, runs } = await makeWarmOnce();
  return { runs, world: worldIn(folder) };
}

function makeWarmOnce(): Promise<Warm> {
  warm ??= makeWarm();
  return warm;
}

let refusing: string | undefined;

/**
 * A folder with programs in the place of util-linux' that refuse to work: namespaces take several milliseconds each, and are
 * tested elsewhere. One for all worlds, so that they are tried once.
 */
function refusingPrograms(): string {
  if (refusing === undefined) {
    refusing = temporaryFolder();
    for (const name of ['setpriv', 'unshare']) {
      writeFileSync(join(refusing, name), '#!/bin/sh\nexit 1\n', { mode: 0o755 });
    }
  }
  return refusing;
}

/** Another like it, of its own. */
export function copyWorld({ folder }: Pick<World, 'folder'>): World {
  return copyOf(folder);
}

function copyOf(template: string): World {
  const folder = temporaryFolder();
  execFileSync('cp', ['-a', `${template}/.`, folder]);
  return worldIn(folder);
}

function worldIn(folder: string): World {
  const root = join(folder, 'root');
  const cache = join(folder, 'cache');
  const host = testHost({
    cwd: root,
    packageFolder: join(folder, 'package'),
    env: {
      PATH: [join(folder, 'goroot', 'bin'), refusingPrograms(), process.env['PATH']].join(':'),
      HOME: join(folder, 'home'),
      EKSD_REBUILD_CACHE: cache,
    },
  });
  return { folder, root, cache, host, run: (argv, given) => runMain(argv, { ...host, ...given }) };
}

async function makePristine(): Promise<string> {
  const folder = temporaryFolder();
  writeFiles(folder, settings);
  installFakeGo(folder);
  const git = join(folder, 'git');
  for (const [name, commits] of Object.entries(sources)) {
    await createRepository(join(git, `${name}.git`), { commits });
  }
  await createRepository(join(git, 'upstream.git'), {
    commits: [{ files: upstreamFiles, tags: [release], date: '2024-05-01T10:00:00Z' }],
  });
  const imported = await worldIn(folder).run(['import', release]);
  if (imported.code !== 0) throw new Error(`the world's release cannot be imported: ${imported.stderr}`);
  return folder;
}

async function makeWarm(): Promise<Warm> {
  const { folder, run } = await newWorld();
  const runs = await Promise.all([
    run(['verify', release]),
    run(['verify', release, '--log', 'json', '--report', 'second.json']),
  ]);
  return { folder, runs };
}

/** Publishes another release of branch 1-30 with other files in upstream's repository. @returns its commit. */
export async function publish(
  world: World,
  number: number,
  files: Readonly<Record<string, string | null>>,
): Promise<string> {
  const [id = ''] = await addCommits(join(world.folder, 'git', 'upstream.git'), [
    {
      files: { ...files, 'release/1-30/production/RELEASE': `${number}\n` },
      tags: [`v1-30-eks-${number}`],
      date: `2024-06-01T00:00:${String(number).padStart(2, '0')}Z`,
    },
  ]);
  return id;
}

/** Writes texts below a folder, by path. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
