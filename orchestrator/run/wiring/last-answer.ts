import { join } from 'node:path';
import { digestOf } from '../../core/digest.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { formatImageReference } from '../../core/image-reference.ts';
import { parseJson } from '../../core/json-text.ts';
import { isOciDigest, type OciDigest } from '../../core/oci.ts';
import { ok } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { readBytes, sizeLimit } from '../../tool/file/read-file.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';
import type { ResolveTag } from './base-choices.ts';

/** What a tag pointed at, and when that was: milliseconds since 1970. */
interface Answer {
  readonly digest: OciDigest;
  readonly asked: number;
}

const dayMilliseconds = 86_400_000;

/**
 * Keeps what tags point at. Where their registry cannot be reached, its last answer counts, and how old it is is said: what was made
 * with that image is in the store, and nobody has to wait for the network to come back.
 * @param cache absolute.
 */
export function withLastAnswer(resolve: ResolveTag, cache: string, host: Host): ResolveTag {
  return async (reference) => {
    const name = formatImageReference(reference);
    const file = join(cache, 'tags', `${digestOf(name)}.json`);
    const found = await resolve(reference);
    if (found.ok) {
      const answer: Answer = { digest: found.value, asked: host.now() };
      // A cache that cannot be written costs no more than that.
      await writeWholeFile(file, `${JSON.stringify(answer)}\n`, host);
      return found;
    }
    const { reason } = found.error;
    const last = reason === 'network' || reason === 'rate-limited' ? await readAnswer(file) : undefined;
    if (last === undefined) return found;
    const days = Math.floor((host.now() - last.asked) / dayMilliseconds);
    const age = days < 1 ? 'less than a day' : days === 1 ? 'a day' : `${days} days`;
    host.stderr.write(
      `${failureHeadline(found.error)}\n${name} is taken for what it was ${age} ago: ${last.digest}\n`,
    );
    return ok(last.digest);
  };
}

async function readAnswer(file: string): Promise<Answer | undefined> {
  const kept = await readBytes(file, { limit: sizeLimit.byHand, refuseLink: true });
  const answer = kept.ok && kept.value !== undefined ? parseJson(kept.value.toString('utf8')) : undefined;
  const { digest, asked } = (answer ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof digest !== 'string' || !isOciDigest(digest) || typeof asked !== 'number') return undefined;
  return { digest, asked };
}
