import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type Digest, digestOf, digestOfJson } from '../core/digest.ts';
import type { Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { ownerOf } from '../store/claim.ts';
import { errnoOf } from '../store/errno.ts';
import { makeFolder } from '../store/handle.ts';
import { layoutOf } from '../store/layout.ts';

/** How a text is decoded. */
interface Decoding<T, E> {
  /** Tells apart what the same text may be decoded as. */
  readonly as: string;
  decode(): Promise<Result<T, E>>;
  /** What else there is to tell that a value was decoded from this text. */
  readonly isOf?: (value: T) => boolean;
}

/**
 * What a text is decoded to: from the cache, where this user had this very program decode these bytes before; else it is decoded,
 * and kept where there is no complaint, and a cache of ours. To decode a lock and its recipes takes longer than all the rest of a plan.
 *
 * What is kept counts where it is a plain file of this user's that nobody else can write, with a digest over itself and over what
 * it is the decoding of: so it is not another user's, not another text's or program's, and not torn. Whatever else is there, and
 * whatever is the matter with the cache, costs a decoding and changes nothing.
 */
export async function decodedOnce<T, E>(
  text: string,
  { as, decode, isOf = () => true }: Decoding<T, E>,
  { cache }: { readonly cache: string },
  { build, uid, pid }: Pick<Host, 'build' | 'uid' | 'pid'>,
): Promise<Result<T, E>> {
  if (build === undefined || uid === undefined) return decode();
  const subject = digestOfJson([as, build, uid, digestOf(text)]);
  const file = join(layoutOf(cache).decoded, `${subject}.json`);
  const kept = orNothing(() => read(file, subject, uid) as T | undefined);
  if (kept !== undefined && isOf(kept)) return { ok: true, value: kept };
  const decoded = await decode();
  if (decoded.ok) orNothing(() => write(file, subject, decoded.value, pid));
  return decoded;
}

/** `<digest of all that follows and of the subject>\n<JSON>` */
function textOf(subject: Digest, json: string): string {
  return `${digestOf(`${subject}\n${json}`)}\n${json}`;
}

/** @throws system errors. */
function read(file: string, subject: Digest, uid: number): unknown {
  // Neither a link is followed nor a pipe waited for.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const found = fstatSync(descriptor);
    if (!found.isFile() || found.uid !== uid || (found.mode & 0o022) !== 0) return undefined;
    const text = readFileSync(descriptor, 'utf8');
    const json = text.slice(text.indexOf('\n') + 1);
    return text === textOf(subject, json) ? JSON.parse(json) : undefined;
  } finally {
    closeSync(descriptor);
  }
}

/** @throws system errors. */
function write(file: string, subject: Digest, value: unknown, pid: number): void {
  const json = JSON.stringify(value);
  // What JSON cannot say would come back as something else.
  if (!isDeepStrictEqual(JSON.parse(json), value)) return;
  const folder = dirname(file);
  const owner = ownerOf({ root: dirname(folder) });
  if (!owner.ok || owner.value === 'nobody' || makeFolder(folder) !== undefined) return;
  const draft = `${file}.${pid}`;
  try {
    writeFileSync(draft, textOf(subject, json), { flag: 'wx', mode: 0o600 });
    renameSync(draft, file);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Undefined where the system has something against it: anything may stand in the cache. */
function orNothing<T>(body: () => T): T | undefined {
  try {
    return body();
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}
