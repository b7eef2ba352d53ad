import type { Failure } from './failure.ts';
import { err, type Result } from './result.ts';

/** What helps where the system has no more of something. */
const scarce: Readonly<Record<string, string>> = {
  EMFILE: 'Allow more open files (ulimit -n), or fewer things at once ("limits" in the settings).',
  ENFILE: 'Too many files are open on the whole machine.',
  ENOMEM: 'Free some memory, or do fewer things at once ("limits" in the settings).',
  EAGAIN: 'Allow more processes (ulimit -u), or fewer things at once ("limits" in the settings).',
};

/** What the system has against a file, or a disk, that is the user's to change. */
const denied: Readonly<Record<string, string>> = {
  EACCES: 'Have its owner give permission, or name another place.',
  EPERM: 'Have its owner give permission, or name another place.',
  EROFS: 'Name a place that can be written.',
  ENOTDIR: 'Something else stands where a folder should: move it away, or name another place.',
  EISDIR: 'A folder stands where a file should: move it away, or name another place.',
  ENAMETOOLONG: 'Name a place with a shorter path.',
  ELOOP: 'Symbolic links go round in a circle there.',
  EBUSY: 'Something else uses it.',
  ETXTBSY: 'Something else uses it.',
  EIO: "Look at the kernel's log: a disk may be failing.",
  ESTALE: 'What it was read from over the network has gone.',
};

/**
 * The failure that a system error amounts to which is the user's business, wherever it comes up. Undefined for all else, a missing
 * file among it: whoever opens one knows what that means. @param place for an error that names no file.
 */
export function systemFailure(error: unknown, place = 'the place that was written to'): Failure | undefined {
  if (!(error instanceof Error) || !('code' in error) || !('syscall' in error)) return undefined;
  const code = String(error.code);
  const path = 'path' in error && typeof error.path === 'string' ? error.path : place;
  if (code === 'ENOSPC' || code === 'EDQUOT') return { reason: 'disk-full', path };
  const isNoPlace = code === 'ENOENT' && error.syscall === 'mkdir';
  const help = isNoPlace
    ? 'No folder can be made there: name another place.'
    : (scarce[code] ?? denied[code]);
  return help === undefined ? undefined : { reason: 'system-error', detail: error.message, help };
}

/** Runs one of several bodies of which none may take the others with it: a system error that it throws is its failure. */
export async function trying<T>(body: () => Promise<Result<T, Failure>>): Promise<Result<T, Failure>> {
  try {
    return await body();
  } catch (error) {
    const failure = systemFailure(error);
    if (failure === undefined) throw error;
    return err(failure);
  }
}
