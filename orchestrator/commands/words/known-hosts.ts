import { upstreamBaseUri } from '../../publish/layout.ts';
import type { Workspace } from '../../workspace/workspace.ts';

/** Hosts that a manifest may name without a word of the user's: those of the settings, and upstream's own. */
export function knownHosts({ mirrors, registries, release }: Workspace): readonly string[] {
  const mirrored = Object.keys(mirrors).map(
    (place) => place.replace(/^[a-z+]+:\/\//, '').split('/')[0] ?? '',
  );
  const { baseUri, registry } = release;
  const own = [baseUri && new URL(baseUri).host, registry?.split('/')[0]].filter(
    (host) => host !== undefined,
  );
  return [new URL(upstreamBaseUri).host, 'public.ecr.aws', ...own, ...Object.keys(registries), ...mirrored];
}
