import { shownPlace } from '../../core/diagnostic.ts';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { whyStrangePath } from '../../core/relative-path.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { hashesOfFile } from '../../tool/file/read-file.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import type { DecodedManifest } from '../manifest/release.ts';
import { unsummedOf, unsummedPlace } from '../unsummed.ts';
import type { FetchFile } from './file-source.ts';
import { differs, type Finding, same, unsaid, unseen } from './finding.ts';

export interface CheckingUnsummed {
  readonly fetch: FetchFile;
  /** Files at once. */
  readonly atOnce: number;
  /** What all files of the release are below, with a slash at its end. Undefined where nothing says. */
  readonly base: string | undefined;
}

/** Checks what upstream has no sums of by what the manifest of a release that was made here says of it. Errors: `aborted`. */
export async function checkUnsummed(
  { manifest, complain }: DecodedManifest,
  { fetch, atOnce, base }: CheckingUnsummed,
): Promise<Result<readonly Finding[], Failure>> {
  const said = unsummedOf(manifest) ?? new Map<string, unknown>();
  const where = shownPlace(complain(unsummedPlace, '').location);
  if (said === 'strange') {
    const about = { kind: 'files', name: unsummedPlace.join('.'), where } as const;
    return ok([differs(about, 'It holds no hashes by path, as JSON.')]);
  }
  return inParallel([...said], atOnce, async ([path, expected]): Promise<Result<Finding, Failure>> => {
    const about = { kind: 'files', name: path, where } as const;
    const strange = /[?#%]/.test(path) ? 'holds a character that means more in a URL' : whyStrangePath(path);
    if (strange !== undefined) return ok(differs(about, `Its path ${strange}.`));
    if (base === undefined) return ok(unsaid(about, 'No archive says where the release has its files.'));
    const got = await fetch(`${base}${path}`);
    if (!got.ok)
      return got.error.reason === 'aborted'
        ? err(got.error)
        : ok(unseen(about, got.error, failureHeadline(got.error)));
    if ('absent' in got.value)
      return ok(differs(about, `There is none: ${got.value.absent}. The manifest names it.`));
    try {
      const hashes = await hashesOfFile(got.value.path);
      if (!hashes.ok) return ok(differs(about, `It ${hashes.error}.`));
      const { sha256: found } = hashes.value;
      if (found === expected) return ok(same(about, 'It has the hash that the manifest says.'));
      const told = { expected: String(expected), found };
      return ok(differs(about, 'Its hash is another than the manifest says.', told));
    } finally {
      await got.value.close();
    }
  });
}
