import { access, constants, copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Json } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ToolchainSource } from '../../plan/node-go.ts';
import { digestOfFile } from '../../tool/file/read-file.ts';
import { runGit } from '../../tool/git/command.ts';
import { download } from '../../tool/http/download.ts';
import type { Send } from '../../tool/http/http-client.ts';
import { failureOf } from '../../tool/process/command-failure.ts';
import { type Command, succeeded } from '../../tool/process/process.ts';
import type { View } from '../../tool/process/view.ts';
import { digestOfFolder } from '../../tool/tar/folder-digest.ts';
import type { TaskContext } from '../task.ts';
import { fetchFromProxy, type GorootPlace, type ToolchainOptions } from './fetch.ts';
import type { PatchingOptions } from './patch-goroot.ts';

/** What the user has of a Go, by kind. */
type Given<K extends ToolchainSource['kind']> = Extract<ToolchainSource, { readonly kind: K }>;
type PinnedFile = Given<'rpms'>['files'][number];
type Environment = Readonly<Record<string, string>>;

/** All of these put a GOROOT in its place and say where it came from: not where on this machine that was. */

/** Errors: those of `obtain`; `toolchain-unavailable` where there is no folder `go` in it. */
export async function unpackArchive(
  archive: Given<'archive'>,
  place: GorootPlace,
  context: TaskContext,
  { fetchEnvironment, send }: ToolchainOptions,
): Promise<Result<Json, Failure>> {
  const file = await obtain(archive, place, context, send);
  if (!file.ok) return file;
  const unpack = ['tar', '-xzf', file.value, '-C', place.scratch, '--no-same-owner'];
  const sees = { reads: [file.value], calls: ['gzip'] };
  const unpacked = await runLocal(context, fetchEnvironment, unpack, sees);
  if (!unpacked.ok) return unpacked;
  const moved = await moveGoroot(join(place.scratch, 'go'), place, 'the archive has no folder go');
  const { from, sha256 } = archive;
  return moved.ok ? ok({ archive: sha256, ...(/^https?:/.test(from) ? { url: from } : {}) }) : moved;
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
  { fetchEnvironment, send }: ToolchainOptions,
): Promise<Result<Json, Failure>> {
  const root = join(place.scratch, 'root');
  await mkdir(root);
  for (const each of files) {
    const file = await obtain(each, place, context, send);
    if (!file.ok) return file;
    const unpack = ['bsdtar', '-xf', file.value, '-C', root, '--no-same-owner'];
    const unpacked = await runLocal(context, fetchEnvironment, unpack, { reads: [file.value] });
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
  // Without it, no other Go is fetched.
  const laid = await laySource(from, place, context, options);
  if (!laid.ok) return laid;
  const fetching = join(place.scratch, 'bootstrap');
  await mkdir(fetching);
  const older = join(place.scratch, 'older');
  const fetched = await fetchFromProxy(
    { version: bootstrap, goroot: older, scratch: fetching },
    context,
    options,
  );
  if (!fetched.ok) return fetched;
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
  const help = 'It was changed since this run began: run again.';
  return err({ reason: 'digest-mismatch', what: `the folder ${folder}`, expected: digest, found, help });
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

/**
 * Brings a file and checks it; gives where it lies. Errors: those of `download`, `toolchain-unavailable` where it is not there,
 * `digest-mismatch`.
 */
async function obtain(
  { from, sha256 }: PinnedFile,
  { scratch, version }: GorootPlace,
  context: TaskContext,
  send: Send,
): Promise<Result<string, Failure>> {
  const text = `fetching ${from}`;
  context.progress(text);
  if (/^https?:/.test(from)) {
    let done = 0;
    const got = await download(from, join(scratch, 'fetched'), {
      ...{ send, signal: context.signal, name: 'file' },
      elsewhere: `toolchains.versions.${version} in the settings says where it is.`,
      onBytes(bytes) {
        done += bytes;
        context.progress(text, { done });
      },
    });
    if (!got.ok) return err(orUnavailable(got.error, version));
    const { path, sha256: found } = got.value;
    return found === sha256 ? ok(path) : err(mismatch(from, sha256, found, version));
  }
  const unavailable = (why: string): Failure => {
    return { reason: 'toolchain-unavailable', version, detail: `${from} ${why}` };
  };
  // To copy a pipe would wait for whoever writes to it.
  const there = await stat(from).catch(() => undefined);
  if (there?.isFile() !== true) return err(unavailable(there === undefined ? 'is not there' : 'is no file'));
  // What is unpacked is what was hashed, whoever writes to the user's own meanwhile.
  const file = join(scratch, sha256);
  const found = (await isReadable(from))
    ? await copyFile(from, file, constants.COPYFILE_FICLONE).then(() => digestOfFile(file))
    : err('cannot be read');
  if (!found.ok) return err(unavailable(found.error));
  return found.value === sha256 ? ok(file) : err(mismatch(from, sha256, found.value, version));
}

async function isReadable(path: string): Promise<boolean> {
  return access(path, constants.R_OK).then(
    () => true,
    () => false,
  );
}

/** Nobody has it there, or not for this user. */
function orUnavailable(failure: Failure, version: string): Failure {
  if (failure.reason !== 'source-unavailable') return failure;
  return { reason: 'toolchain-unavailable', version, detail: `${failure.repository}: ${failure.detail}` };
}

function mismatch(what: string, expected: string, found: string, version: string): Failure {
  const help = `It may be a page to sign in at. toolchains.versions.${version} in the settings says where it is, and which SHA-256 it has.`;
  return { reason: 'digest-mismatch', what, expected, found, help };
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
