import { withoutUrlCredentials } from '../../core/credentials.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { lastLines } from '../../tool/process/command-failure.ts';

/** What the machine's go says of a module that it was to download (`go help mod download`, `-json`). */
export interface Downloaded {
  /** `path@version` */
  readonly module: string;
  readonly error: string | undefined;
}

/** Reads the objects, one after another, that `go mod download -json` writes. None where it wrote something else. */
export function readDownloaded(text: string): readonly Downloaded[] {
  const objects = text.split(/^(?=\{$)/m).filter((part) => part.trim() !== '');
  return objects.flatMap((part) => {
    try {
      const { Path, Version, Query, Error: error } = JSON.parse(part) as Record<string, unknown>;
      return [
        { module: `${Path}@${Version ?? Query}`, error: error === undefined ? undefined : String(error) },
      ];
    } catch {
      return [];
    }
  });
}

/** What the checksum database did not say of modules that go.sum vouches for. */
export interface Unchecked {
  readonly notes: readonly string[];
  /** One that it may vouch for another day, where it was out of reach. */
  readonly lacked?: string;
}

/** What says nothing against a module. */
const silence: ReadonlySet<Failure['reason']> = new Set([
  ...(['module-unavailable', 'network', 'rate-limited', 'fetch-failed', 'usage'] as const),
]);

/**
 * Weighs what the checksum database said. That a sum is another one is an error, whoever vouches for it. That it does not know a
 * module, or did not answer, is one only for what go.sum does not vouch for.
 * @param sums of `readSums`. @param database GOSUMDB. @param failureOf what an error of the go command means.
 */
export function weighChecks(
  downloaded: readonly Downloaded[],
  sums: ReadonlyMap<string, string>,
  database: string,
  failureOf: (error: string) => Failure,
): Result<Unchecked, Failure> {
  const unknown: string[] = [];
  const unanswered: string[] = [];
  let detail = '';
  for (const { module, error } of downloaded) {
    if (error === undefined) continue;
    const failure = failureOf(error);
    // Go says "verifying" where the module itself was had.
    const isSilence = silence.has(failure.reason) && /verifying/.test(error);
    if (!isSilence || !sums.has(module.replace('@', ' '))) return err(failure);
    if (failure.reason === 'module-unavailable') unknown.push(module);
    else unanswered.push(module);
    if (failure.reason !== 'module-unavailable') detail = lastLines(error, 1);
  }
  const shown = withoutUrlCredentials(database);
  const first = unanswered[0];
  return ok({
    notes: [
      ...(unknown.length === 0
        ? []
        : [
            `The checksum database (${shown}) does not know ${listed(unknown)}: go.sum alone vouches for it.`,
          ]),
      ...(first === undefined
        ? []
        : [
            `The checksum database (${shown}) did not answer for ${listed(unanswered)}: go.sum alone vouches for it (${withoutUrlCredentials(detail)}).`,
          ]),
    ],
    ...(first === undefined ? {} : { lacked: first }),
  });
}

const shownNames = 3;

function listed(modules: readonly string[]): string {
  const more = modules.length - shownNames;
  return `${modules.slice(0, shownNames).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
