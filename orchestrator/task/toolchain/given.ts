import { access, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ToolchainSource } from '../../plan/node-go.ts';
import { digestOfFile } from '../../tool/file/read-file.ts';
import { bytesAt, watching } from '../../tool/file/watch.ts';
import { runGit } from '../../tool/git/command.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { fetchFailureOf } from '../../tool/process/fetch-failure.ts';
import { type Command, succeeded } from '../../tool/process/process.ts';
import type { View } from '../../tool/process/view.ts';
import { digestOfFolder } from '../../tool/tar/folder-digest.ts';
import type { TaskContext } from '../task.ts';
import { fetchFromProxy, type GorootPlace, type ToolchainOptions } from './fetch.ts';
import type { PatchingOptions } from './patch-goroot.ts';

/** What the user has of a Go, by kind. */
type Given<K extends ToolchainSource['kind']> = Extract<ToolchainSource, { readonly kind: K }>;
type Environment = Readonly<Record<string, string>>;

/** All of these put a GOROOT in its place and say where it came from: not where on this machine that was. */

/** Errors: those of `obtain`; `toolchain-unavailable` where there is no folder `go` in it. */
export async function unpackArchive(
  { from, sha256 }: Given<'archive'>,
  place: GorootPlace,
  context: TaskContext,
  env: Environment,
): Promise<Result<Json, Failure>> {
  const file = join(place.scratch, 'go.tar.gz');
  const obtained = await obtain(from, sha256, file, place.version, context, env);
  if (!obtained.ok) return obtained;
  const unpacked = await runLocal(
    context,
    env,
    ['tar', '-xzf', file, '-C', place.scratch, '--no-same-owner'],
    {
      calls: ['gzip'],
    },
  );
  if (!unpacked.ok) return unpacked;
  const moved = await moveGoroot(join(place.scratch, 'go'), place, 'the archive has no folder go');
  return moved.ok ? ok({ archive: sha256, ...(isUrl(from) ? { url: from } : {}) }) : moved;
}

/** Errors: `digest-mismatch` where the folder has changed since the run began. */
export async function copyGoroot(
  { folder, digest }: Given<'goroot'>,
  place: GorootPlace,
  context: TaskContext,
  env: Environment,
): Promise<Result<Json, Failure>> {
  const copied = await copyFolder(folder, place.goroot, digest, context, env);
  return copied.ok ? ok({ goroot: digest }) : copied;
}

/**
 * Unpacks packages of a distribution over one another with libarchive's bsdtar.
 * Errors: those of `obtain`; `missing-program`; `toolchain-unavailable` where they have no `usr/lib/golang`.
 */
export async function unpackRpms(
  { files }: Given<'rpms'>,
  place: GorootPlace,
  context: TaskContext,
  env: Environment,
): Promise<Result<Json, Failure>> {
  const root = join(place.scratch, 'root');
  await mkdir(root);
  for (const [index, { from, sha256 }] of files.entries()) {
    const file = join(place.scratch, `${index + 1}.rpm`);
    const obtained = await obtain(from, sha256, file, place.version, context, env);
    if (!obtained.ok) return obtained;
    const unpacked = await runLocal(context, env, ['bsdtar', '-xf', file, '-C', root, '--no-same-owner']);
    if (!unpacked.ok) return unpacked;
  }
  const folder = join(root, 'usr', 'lib', 'golang');
  const moved = await moveGoroot(folder, place, 'the packages have no folder usr/lib/golang');
  return moved.ok ? ok({ rpms: files.map((file) => file.sha256) }) : moved;
}

/**
 * Compiles Go by its own `make.bash`, with an older Go from the module proxy, without a network.
 * Errors: those of `GitClones.ensure` and `fetchFromProxy`; `digest-mismatch`; `command-failed`.
 */
export async function compileGoroot(
  { from, bootstrap }: Given<'source'>,
  place: GorootPlace,
  context: TaskContext,
  options: ToolchainOptions & PatchingOptions,
): Promise<Result<Json, Failure>> {
  const fetching = join(place.scratch, 'bootstrap');
  await mkdir(fetching);
  const older = join(place.scratch, 'older');
  const fetched = await fetchFromProxy(
    { version: bootstrap, goroot: older, scratch: fetching },
    context,
    options,
  );
  if (!fetched.ok) return fetched;
  const laid = await laySource(from, place, context, options);
  if (!laid.ok) return laid;
  const temporary = join(place.scratch, 'tmp');
  await mkdir(temporary);
  context.progress(`compiling go${place.version}`);
  const command: Command = {
    program: 'bash',
    args: ['make.bash'],
    cwd: join(place.goroot, 'src'),
    env: {
      CGO_ENABLED: '0',
      GOCACHE: join(temporary, 'cache'),
      GOENV: 'off',
      GOFLAGS: '',
      GOPROXY: 'off',
      GOROOT_BOOTSTRAP: older,
      GOTOOLCHAIN: 'local',
      HOME: temporary,
      LC_ALL: 'C',
      PATH: '/usr/bin:/bin',
      TMPDIR: temporary,
      TZ: 'UTC',
    },
    network: 'none',
    sees: { reads: ['/usr/bin', '/bin'] },
    signal: context.signal,
  };
  const outcome = await context.run(command);
  if (!succeeded(outcome)) return err(failureOf(command, outcome));
  for (const leftover of ['obj', 'bootstrap']) {
    await rm(join(place.goroot, 'pkg', leftover), { recursive: true, force: true });
  }
  return ok({ source: 'folder' in from ? from.digest : from.commit, bootstrap: fetched.value });
}

async function laySource(
  from: Given<'source'>['from'],
  place: GorootPlace,
  context: TaskContext,
  options: ToolchainOptions & PatchingOptions,
): Promise<Result<void, Failure>> {
  const env = options.fetchEnvironment;
  if ('folder' in from) return copyFolder(from.folder, place.goroot, from.digest, context, env);
  const { repository, commit } = from;
  const clone = await options.clones.ensure(repository, { kind: 'commit', commit }, context);
  if (!clone.ok) return clone;
  const git = { run: context.run, env: options.gitEnv, signal: context.signal };
  const archive = join(place.scratch, 'source.tar');
  const packed = await runGit(git, ['archive', '--format=tar', `--output=${archive}`, commit], {
    gitDir: clone.value.gitDir,
  });
  if (!packed.ok) return packed;
  await mkdir(place.goroot, { recursive: true });
  return runLocal(context, env, ['tar', '-xf', archive, '-C', place.goroot]);
}

async function copyFolder(
  folder: string,
  to: string,
  digest: string,
  context: TaskContext,
  env: Environment,
): Promise<Result<void, Failure>> {
  for (const line of [
    // They may be somebody else's.
    ['cp', '-a', '--no-preserve=ownership', folder, to],
    ['rm', '-rf', join(to, '.git')],
    ['chmod', '-R', 'u+w', to],
  ]) {
    const done = await runLocal(context, env, line, { reads: [folder] });
    if (!done.ok) return done;
  }
  const found = await digestOfFolder(to);
  if (found === digest) return ok(undefined);
  return err({ reason: 'digest-mismatch', what: `the folder ${folder}`, expected: digest, found });
}

async function moveGoroot(
  from: string,
  { goroot, version }: GorootPlace,
  detail: string,
): Promise<Result<void, Failure>> {
  const isThere = await access(join(from, 'bin', 'go')).then(
    () => true,
    () => false,
  );
  if (!isThere) return err({ reason: 'toolchain-unavailable', version, detail: `${detail} with a bin/go` });
  await mkdir(join(goroot, '..'), { recursive: true });
  await rename(from, goroot);
  return ok(undefined);
}

/** The run itself tries again; curl would wait for as long as a server's Retry-After says, without a word. */
const patience = ['--connect-timeout', '60', '--speed-limit', '1', '--speed-time', '120'] as const;

/** It ends well with an answer that has no file (204) or a part of one (206), or that leads nowhere (302): those are told by their numbers. */
const fetching = ['--fail', '--silent', '--show-error', '--location', '--write-out', '%{http_code}'] as const;

/**
 * Brings a file and checks it. Errors: those of fetching, `missing-program`, `toolchain-unavailable` where it is not there,
 * `digest-mismatch`.
 */
async function obtain(
  from: string,
  sha256: string,
  file: string,
  version: string,
  context: TaskContext,
  env: Environment,
): Promise<Result<void, Failure>> {
  context.progress(`fetching ${from}`);
  // To copy a pipe would wait for whoever writes to it.
  const there = isUrl(from) ? undefined : await stat(from).catch(() => undefined);
  if (there?.isFile() === false)
    return err({ reason: 'toolchain-unavailable', version, detail: `${from} is no file` });
  const [program = '', ...args] = isUrl(from)
    ? ['curl', ...patience, ...fetching, '--output', file, from]
    : ['cp', from, file];
  const command: Command = {
    ...{ program, args, cwd: context.scratch, env: { ...env }, signal: context.signal },
    ...(isUrl(from) ? { network: 'allowed' } : { network: 'none', sees: { reads: [from] } }),
  };
  const outcome = await watching(
    () => bytesAt(file),
    (done) => context.progress(`fetching ${from}`, { done }),
    () => context.run(command),
  );
  const [what, elsewhere] = [
    `fetching ${from}`,
    `toolchains.versions.${version} in the settings says where it is.`,
  ];
  if (!succeeded(outcome)) {
    return err(
      fetchFailureOf(command, outcome, {
        ...{ what, elsewhere },
        absent: (detail) => ({ reason: 'toolchain-unavailable', version, detail }),
      }),
    );
  }
  if (/^https?:/.test(from) && outcome.stdout !== '200') {
    const detail = `the server answered ${outcome.stdout}`;
    return err({ reason: 'fetch-failed', what, detail, help: elsewhere });
  }
  const found = await digestOfFile(file);
  if (!found.ok) return err({ reason: 'toolchain-unavailable', version, detail: `${from} ${found.error}` });
  return found.value === sha256
    ? ok(undefined)
    : err({ reason: 'digest-mismatch', what: from, expected: sha256, found: found.value });
}

function isUrl(from: string): boolean {
  return /^[a-z]+:\/\//.test(from);
}

async function runLocal(
  context: TaskContext,
  env: Environment,
  [program = '', ...args]: readonly string[],
  sees: View = {},
): Promise<Result<void, Failure>> {
  const command: Command = {
    ...{ program, args, sees, cwd: context.scratch, network: 'none' as const, signal: context.signal },
    env: { LC_ALL: 'C', PATH: env['PATH'] ?? '/usr/bin:/bin' },
  };
  const outcome = await context.run(command);
  if (succeeded(outcome)) return ok(undefined);
  const failure = failureOf(command, outcome);
  if (failure.reason !== 'missing-program') return err(failure);
  const help = `Install ${program === 'bsdtar' ? 'bsdtar (libarchive-tools)' : program}.`;
  return err({ ...failure, help });
}
