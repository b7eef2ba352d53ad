import type { ManifestComponent } from '../manifest/release.ts';
import type { Site } from '../read-site.ts';
import { namesOf } from '../site-folder.ts';

/** What is sent to a topic. */
export interface Message {
  readonly subject: string;
  readonly body: string;
  /** By which a queue can choose. */
  readonly attributes: { readonly [Name in 'channel' | 'release' | 'manifest' | 'sha256']: string };
}

/**
 * The word on a release. Subject and body have what upstream's have, in its order: the subject names the channel; the body the release,
 * where the images are, where it is told what changed, where the rest is, and ends in a line end and a tab.
 * @param place where the manifest is without a base URI.
 */
export function messageOf(
  { manifest, baseUri, files, layout }: Pick<Site, 'manifest' | 'baseUri' | 'files' | 'layout'>,
  place: (path: string) => string,
): Message {
  const { channel, number } = layout;
  const [release] = namesOf(channel, number);
  const at = (path: string) => (baseUri === undefined ? place(path) : `${baseUri}/${path}`);
  const uri = at(layout.manifest);
  const images = imagesAt(manifest.components);
  const where = images === undefined ? '' : ` Its images are at ${images}.`;
  const changelog =
    layout.changelog === undefined ? 'Its' : `Its changelog is at ${at(layout.changelog)} and its`;
  return {
    subject: `New Release of EKS-D v${channel}`,
    body: `EKS Distro ${release} has been published.${where} ${changelog} files are named by its release manifest: ${uri}\n\t`,
    attributes: { channel, release, manifest: uri, sha256: files.manifest.sha256 },
  };
}

/** What the names of all images begin with; undefined where there is none, or nothing in common. */
function imagesAt(components: readonly ManifestComponent[]): string | undefined {
  const names = components.flatMap(({ assets }) =>
    assets.flatMap((asset) => (asset.type === 'Image' ? [asset.image.uri.split('/').slice(0, -1)] : [])),
  );
  const [first = []] = names;
  const end = first.findIndex((part, at) => names.some((name) => name[at] !== part));
  const common = end < 0 ? first : first.slice(0, end);
  return common.length === 0 ? undefined : common.join('/');
}
