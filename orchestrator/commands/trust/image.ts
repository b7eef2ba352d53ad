import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { formatImageReference, type ImageReference } from '../../core/image-reference.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { mirroredImage } from '../../oci/registry/mirror.ts';
import { resolveTag } from '../../oci/registry/pull.ts';
import type { StatementPlaces } from '../../run/wiring/statement-places.ts';
import { answerAbout } from '../../statement/trust/answer.ts';
import type { Answers, Asking } from './asking.ts';

/**
 * An image is its digest: a tag is asked for it first, and what the answer is about is that. Statements are looked for in the image's own
 * repository, too.
 */
export async function answerAboutImage(
  named: ImageReference,
  mirrors: Readonly<Record<string, string>>,
  opener: StatementPlaces,
  { looking, places }: Asking,
): Promise<Result<Answers, Failure>> {
  const from = mirroredImage(named, mirrors);
  if (!from.ok) return from;
  const { host, repository, tag = 'latest' } = from.value;
  const own = await opener.repository(host, repository);
  if (!own.ok) return own;
  const digest =
    from.value.digest === undefined
      ? await resolveTag(own.value.registry, repository, tag)
      : ok(from.value.digest);
  if (!digest.ok) return digest;
  const all = [own.value, ...places.filter(({ at }) => at !== own.value.at)];
  const { tag: _, ...name } = named;
  const sha256 = digest.value.slice('sha256:'.length) as Digest;
  const answer = await answerAbout(
    formatImageReference({ ...name, digest: digest.value }),
    sha256,
    { lookUps: all.map(({ lookUp }) => lookUp) },
    looking,
  );
  return answer.ok
    ? ok({ places: all.map(({ shown }) => shown), subjects: [answer.value] })
    : err(answer.error);
}
