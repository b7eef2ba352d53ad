import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Digest, digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { countOf } from '../../core/numbers.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { RpmsNode } from '../../plan/node-image.ts';
import { readBytes, sizeLimit } from '../../tool/file/read-file.ts';
import { type Download, download } from '../../tool/http/download.ts';
import type { Send } from '../../tool/http/http-client.ts';
import { mirrorUrl } from '../../tool/http/mirrors.ts';
import type { Outputs, TaskContext } from '../task.ts';

export interface RpmsOptions {
  /** From the settings: URL prefixes and what to read instead. */
  readonly mirrors: Readonly<Record<string, string>>;
  readonly send: Send;
}

/** Downloads of one task at once: what a server of a distribution bears from one address. */
const atOnce = 4;
/** Bytes: an armored key of RSA 4096 has some thousands. */
const keyLimit = 1024 ** 2;

/** A file that is wanted. */
interface Wanted {
  /** Below the output. */
  readonly path: string;
  /** For people. */
  readonly what: string;
  readonly from: string;
  readonly sha256: Digest;
  /** Bytes, where they are known; else at most so many. */
  readonly size: number | undefined;
}

/**
 * The packages of one processor and the keys that sign them: `rpms/<name>.rpm`, `keys/<id>.asc`, all checked.
 * Errors: `source-unavailable` where one is gone, `digest-mismatch`, `network`, `aborted`.
 */
export async function fetchPackages(
  node: RpmsNode,
  context: TaskContext,
  { mirrors, send }: RpmsOptions,
): Promise<Result<Outputs, Failure>> {
  const wanted: readonly Wanted[] = [
    ...node.packages.map(({ name, url, sha256, size }) => {
      return { path: `rpms/${name}.rpm`, what: `the package ${name}`, from: url, sha256, size };
    }),
    ...node.keys.map(({ id, from, sha256 }) => {
      return { path: `keys/${id}.asc`, what: `the key ${id}`, from, sha256, size: undefined };
    }),
  ];
  for (const folder of ['rpms', 'keys']) await mkdir(join(context.output, folder));
  const left = [...wanted];
  const failures: Failure[] = [];
  let done = 0;
  const bytes = { done: 0, total: wanted.reduce((sum, { size = 0 }) => sum + size, 0) };
  const tell = (come: number): void => {
    bytes.done += come;
    context.progress(`${done} of ${countOf(wanted.length, 'file')}`, { ...bytes });
  };
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined && failures.length === 0; next = left.shift()) {
      const placed = { ...next, from: mirrorUrl(next.from, mirrors), original: next.from };
      const fetched = await fetchOne(placed, context, send, tell);
      if (!fetched.ok) failures.push(fetched.error);
      done += 1;
      tell(0);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  const [failure] = failures;
  return failure === undefined ? ok({}) : err(failure);
}

/** @param wanted.original where the lock has it, which failures name. */
async function fetchOne(
  { path, what, from, original, sha256, size }: Wanted & { readonly original: string },
  context: TaskContext,
  send: Send,
  onBytes: (bytes: number) => void,
): Promise<Result<void, Failure>> {
  const place = join(context.output, path);
  const limit = size ?? keyLimit;
  const got = isUrl(from)
    ? await download(from, context.scratch, { send, signal: context.signal, limit, onBytes })
    : await takeFile(from, join(context.scratch, 'taken'));
  if (!got.ok) {
    if (got.error.reason !== 'source-unavailable') return got;
    const detail = `${got.error.detail}${from === original ? '' : ` (read from ${from})`}`;
    return err({ reason: 'source-unavailable', repository: original, wanted: what, detail });
  }
  const found = got.value;
  if (found.sha256 !== sha256) {
    return err({
      reason: 'digest-mismatch',
      what: `${what} of ${from}`,
      expected: sha256,
      found: found.sha256,
    });
  }
  if (size !== undefined && found.size !== size) {
    const detail = `it has ${countOf(found.size, 'byte')}, and the lock says ${size}`;
    return err({ reason: 'source-unavailable', repository: original, wanted: what, detail });
  }
  await rename(found.path, place);
  return ok(undefined);
}

/** Of the user's own: keys, or packages where the settings name a folder for a mirror. */
async function takeFile(from: string, folder: string): Promise<Result<Download, Failure>> {
  const refuse = (detail: string): Result<never, Failure> =>
    err({ reason: 'source-unavailable', repository: from, wanted: 'the file', detail });
  const content = await readBytes(from, { limit: sizeLimit.report });
  if (!content.ok) return refuse(`it ${content.error}`);
  if (content.value === undefined) return refuse('there is no such file');
  const sha256 = digestOf(content.value);
  const path = join(folder, sha256);
  await mkdir(folder, { recursive: true });
  await writeFile(path, content.value);
  return ok({ path, sha256, size: content.value.length });
}

function isUrl(from: string): boolean {
  return /^https?:\/\//.test(from);
}
