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
  const silent = new Map<string, Failure>();
  const asked = new Map<string, ReturnType<ResolveTag>>();
  const ask: ResolveTag = async (reference) => {
    const from = mirroredImage(reference, mirrors);
    if (!from.ok) return from;
    const { host, repository, tag = 'latest' } = from.value;
    const known = silent.get(host);
    if (known !== undefined) return err(known);
    const registry = await registries.open(host);
    if (!registry.ok) return registry;
    const digest = await resolveTag(registry.value, repository, tag);
    if (!digest.ok && noAnswer.has(digest.error.reason)) silent.set(host, digest.error);
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
const noAnswer: ReadonlySet<Failure['reason']> = new Set(['network', 'rate-limited']);
