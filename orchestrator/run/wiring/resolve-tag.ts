import type { Say } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { err } from '../../core/result.ts';
import { mirroredImage } from '../../oci/registry/mirror.ts';
import { resolveTag } from '../../oci/registry/pull.ts';
import type { ResolveTag } from './base-choices.ts';
import type { Registries } from './registries.ts';

/**
 * Asks registries what tags point at, each question once, and a registry that did not answer not again: to wait for it
 * takes long.
 */
export function createTagResolver(
  registries: Pick<Registries, 'open'>,
  mirrors: Readonly<Record<string, string>>,
): ResolveTag {
  const silent = new Map<string, Silence>();
  const asked = new Map<string, ReturnType<ResolveTag>>();
  const ask: ResolveTag = async (reference) => {
    const from = mirroredImage(reference, mirrors);
    if (!from.ok) return from;
    const { host, repository, tag = 'latest' } = from.value;
    const known = silent.get(host);
    // It was asked for something else then.
    if (known !== undefined) return err({ ...known, what: `looking for ${repository}:${tag}` });
    const registry = await registries.open(host);
    if (!registry.ok) return registry;
    const digest = await resolveTag(registry.value, repository, tag);
    if (!digest.ok && isSilence(digest.error)) silent.set(host, digest.error);
    return digest;
  };
  return async (reference) => {
    const key = `${reference.host}/${reference.repository}:${reference.tag}`;
    const answer = asked.get(key) ?? ask(reference);
    asked.set(key, answer);
    return answer;
  };
}

/** What would be said of any other question to the same registry. */
type Silence = Extract<Failure, { readonly reason: 'network' | 'rate-limited' }>;

function isSilence(failure: Failure): failure is Silence {
  return failure.reason === 'network' || failure.reason === 'rate-limited';
}

/** The same, which says whom it asks: it may take a while until nobody answers. */
export function tellingResolver(resolve: ResolveTag, say: Say): ResolveTag {
  return (reference) => {
    say(`asking ${reference.host} for ${reference.repository}:${reference.tag ?? 'latest'}`);
    return resolve(reference);
  };
}
