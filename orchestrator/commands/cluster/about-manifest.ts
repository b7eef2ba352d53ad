import type { ClusterRelease } from '../../cluster/cluster-release.ts';
import { referenceTo, repositoryBelow } from '../../cluster/image-names.ts';
import { filesOfKops } from '../../cluster/kops-files.ts';
import { imagesNamedBy } from '../../cluster/missing-images.ts';
import { type ExitCode, exitCode } from '../../core/exit-code.ts';
import { countOf } from '../../core/numbers.ts';
import { visible } from '../../core/visible.ts';
import type { Host } from '../../host.ts';
import type { AboutManifest } from './load.ts';
import type { MadeCluster } from './registry.ts';

/**
 * Says what configuration names and the manifest does not have, and where others say otherwise than it. The exit code is that of a
 * difference where sums do: who publishes under upstream's name has what is expected of it.
 */
export function tellManifest(
  { release, configs }: MadeCluster,
  about: AboutManifest | undefined,
  host: Pick<Host, 'stderr'>,
): ExitCode {
  if (about === undefined) return exitCode.identical;
  const { manifest = '' } = release;
  const say = (line: string) => host.stderr.write(`${visible(line)}\n`);
  const hasKops = configs.some(({ kind }) => kind === 'Cluster');
  const files = hasKops ? filesWithoutSum(release) : [];
  if (files.length > 0)
    say(`${manifest} does not have ${countOf(files.length, 'file')} that kOps takes: ${files.join(', ')}`);
  if (hasKops && Object.keys(release.artifacts.plugins).length === 0)
    say(`${manifest} has no network plugins for Linux: there is no kops.env`);
  const named = configs.flatMap(imagesNamedBy);
  const isNamed = (name: string) =>
    named.some((each) => each.startsWith(`${repositoryBelow(release.place, name)}:`));
  const images = [...about.lacking].filter(isNamed);
  if (images.length > 0)
    say(
      `Of ${countOf(images.length, 'image')} that ${manifest} does not have, the tags are those of the lock: ${images.join(', ')}`,
    );
  for (const { name, tag, locked } of about.otherTags)
    say(`${name} has the tag ${tag} in ${manifest}, and ${locked} by the lock`);
  for (const line of askedOtherwise({ release, configs })) say(line);
  if (about.otherSums.length === 0) return exitCode.identical;
  say(`✖ ${manifest} has other sums of ${countOf(about.otherSums.length, 'file')} than lock or report:`);
  for (const { path, manifest: said, other, from } of about.otherSums)
    say(`  ${path} is ${said}, and ${from === 'rebuilt' ? 'rebuilt' : 'by the lock'} ${other}`);
  return exitCode.different;
}

function filesWithoutSum(release: ClusterRelease): readonly string[] {
  const said = new Set(
    release.artifacts.sums.filter(({ from }) => from === 'manifest').map(({ path }) => path),
  );
  return filesOfKops(release).flatMap(({ kind, path }) => (kind === 'text' || said.has(path) ? [] : [path]));
}

/** kubeadm has one tag for all images of Kubernetes. */
function askedOtherwise({ release, configs }: MadeCluster): readonly string[] {
  const version = configs.flatMap((config) =>
    'kubernetesVersion' in config ? [config.kubernetesVersion] : [],
  )[0];
  const others = release.images.filter(
    ({ name, tag }) =>
      /^kubernetes\/kube-(apiserver|controller-manager|scheduler|proxy)$/.test(name) && tag !== version,
  );
  if (version === undefined) return [];
  return others.map((image) => {
    const asked = referenceTo(release.place, { ...image, tag: version });
    return `kubeadm asks for ${asked}, and the release has that image by the tag ${image.tag}`;
  });
}
