import { mkdir, mkdtemp, open, rm, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { ensureFolder } from '../../tool/file/ensure-folder.ts';
import { download } from '../../tool/http/download.ts';
import type { Send } from '../../tool/http/http-client.ts';
import { ambiguous, findInArchive } from './published-archive.ts';
import type { FindContext, PublishedFile, WantedFile } from './published-file.ts';
import { findInFolder } from './published-folder.ts';
import { isBuildOf, readVersionText } from './version-text.ts';

/** What a user gave as published. */
export interface Published {
  /**
   * Undefined where it is not in it. A single program stands for whatever is wanted; a text of `go version -m` for the
   * programs that it names.
   * Errors: `usage` where several files could be meant, or an archive or image cannot be read; `unsafe-path`;
   * `digest-mismatch`; `aborted`. @throws system errors.
   */
  find(wanted: WantedFile): Promise<Result<PublishedFile | undefined, Failure>>;
  /** Removes what was taken out of archives. */
  close(): Promise<void>;
}

export interface PublishedOptions {
  /** Where downloads stay (below `published/`) and what is taken out of archives is until `close`. Absolute; made where missing. */
  readonly folder: string;
  /** A relative path that the user gives counts from here. */
  readonly cwd: string;
  /** What a URL is fetched by. */
  readonly send: Send;
  readonly signal: AbortSignal;
  /** What to do where there is no such file: a sentence. */
  readonly help?: string;
  /** Told of each piece of a download: its bytes. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Opens what a user gives as published: a program; what `go version -m` printed of some; a folder of programs and archives, laid out as upstream lays out
 * `_output` or flat; an OCI layout; an archive of a release; an image's tar; or the http(s) URL of a file.
 * Errors: `usage` where there is no such file; those of `download`. @throws system errors.
 */
export async function openPublished(
  given: string,
  options: PublishedOptions,
): Promise<Result<Published, Failure>> {
  const place = await placeOfPublished(given, options);
  if (!place.ok) return place;
  const path = place.value;
  const { folder, signal } = options;
  const found = await stat(path);
  ensureFolder(folder);
  const root = await mkdtemp(join(folder, 'opened-'));
  let folders = 0;
  const scratch = async (): Promise<string> => {
    folders += 1;
    const made = join(root, String(folders));
    await mkdir(made);
    return made;
  };
  const context = { scratch, signal };
  return ok({
    find: (wanted) =>
      found.isDirectory() ? findInFolder(path, wanted, context) : findInFile(path, wanted, context),
    close: () => rm(root, { recursive: true, force: true }),
  });
}

const anything = 'Give a program, a folder, an archive, an image or a URL of one.';

/** The absolute path of the file or folder; that of a URL is fetched. Errors: as `openPublished`. */
export async function placeOfPublished(
  given: string,
  { cwd, folder, send, signal, onBytes, help = anything }: PublishedOptions,
): Promise<Result<string, Failure>> {
  if (/^https?:\/\//.test(given)) {
    const fetched = await download(given, join(folder, 'published'), { send, signal, onBytes });
    return fetched.ok ? ok(fetched.value.path) : fetched;
  }
  const path = resolve(cwd, given);
  const found = await stat(path).catch(() => undefined);
  if (found?.isFile() || found?.isDirectory()) return ok(path);
  return err({ reason: 'usage', message: `There is no file or folder ${given}.`, help });
}

async function findInFile(
  path: string,
  wanted: WantedFile,
  context: FindContext,
): Promise<Result<PublishedFile | undefined, Failure>> {
  if (await isArchive(path)) return findInArchive(path, wanted, context);
  const printed = await readVersionText(path);
  if (printed === undefined) return ok({ path, where: basename(path) });
  const [chosen, ...others] = printed.filter((each) => isBuildOf(each, wanted));
  if (others.length > 0) {
    const names = printed.filter((each) => isBuildOf(each, wanted)).map(({ name }) => name);
    return err(ambiguous(wanted, basename(path), names));
  }
  return ok(chosen && { path, where: `${basename(path)}: ${chosen.name}`, build: chosen.build });
}

/** Whether a file is a tar archive, or compressed and so taken for one. */
export async function isArchive(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(512), 0, 512, 0);
    const isGzip = bytesRead > 2 && buffer[0] === 0x1f && buffer[1] === 0x8b;
    // POSIX.1-1988: the magic of a header stands at offset 257.
    return isGzip || buffer.toString('latin1', 257, 262) === 'ustar';
  } finally {
    await file.close();
  }
}
