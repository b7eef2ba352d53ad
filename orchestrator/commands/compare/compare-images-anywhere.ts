import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseImageReference } from '../../core/image-reference.ts';
import { isPlatform } from '../../core/platform.ts';
import { err, ok } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { openImageSource } from '../../oci/image/open-source.ts';
import { mirroredImage } from '../../oci/registry/mirror.ts';
import { pullImage, resolveTag } from '../../oci/registry/pull.ts';
import { openRegistries } from '../../run/wiring/registries.ts';
import { openProcesses } from '../../run/wiring/tools.ts';
import { openWorkspace } from '../../workspace/workspace.ts';
import { reportFailure } from '../words/report-failure.ts';
import { choosePlatforms } from './choose-platforms.ts';
import { type CompareImageOptions, compareImage, type OpenSource, openLocal } from './compare-image.ts';
import { platformsThere } from './image-platforms.ts';

/** `eksd-rebuild compare image A B`, where each may be a path, or a name in a registry where there is no such path. */
export async function compareImagesAnywhere(
  a: string,
  b: string,
  options: CompareImageOptions,
  host: Host,
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const processes = await openProcesses(host, workspace.value);
  const registries = openRegistries(workspace.value, processes.run, host, { pushes: false });
  const local = openLocal(host);
  const open: OpenSource = async (text, scratch, words) => {
    const named = parseImageReference(text);
    const isThere = await exists(resolve(host.cwd, text));
    if ('why' in named && !isThere && text.includes('@'))
      return err({ reason: 'usage', message: `${text} ${named.why}.`, help: 'Name it HOST/PATH:TAG.' });
    if ('why' in named || isThere) return local(text, scratch, words);
    const from = mirroredImage(named, workspace.value.mirrors);
    if (!from.ok) return from;
    const { repository, tag = 'latest' } = from.value;
    const registry = await registries.open(from.value.host);
    if (!registry.ok) return registry;
    const digest =
      from.value.digest === undefined
        ? await resolveTag(registry.value, repository, tag)
        : ok(from.value.digest);
    if (!digest.ok) return digest;
    // Platforms by their names need not be looked up: they may be of those that nobody compares unasked.
    const there =
      words.length > 0 && words.every(isPlatform)
        ? ok(words)
        : await platformsThere(registry.value, repository, digest.value, `${scratch}.config`);
    if (!there.ok) return there;
    const platforms = choosePlatforms(text, words, there.value);
    if (!platforms.ok) return platforms;
    const wanted = { repository, digest: digest.value, platforms: platforms.value, folder: scratch };
    const pulled = await pullImage(registry.value, wanted);
    return pulled.ok ? openImageSource(scratch, { name: text, scratch, signal: host.signal }) : pulled;
  };
  return compareImage(a, b, options, host, open);
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
