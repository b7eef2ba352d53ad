import type { Decoded } from '../../config/yaml.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import { artifactsFolder, releaseResourceName } from '../layout.ts';
import { releaseParts, type WrittenAsset, type WrittenRelease } from './release-schema.ts';
import { unknownFields } from './resource.ts';
import { readImageUri, whyElsewhere } from './uri.ts';

/** What is asked of a manifest beside what every one has to be. */
export interface WantedOfManifest {
  /** What every archive has to be below; no slash at its end. */
  readonly baseUri?: string;
}

type Place = readonly PropertyKey[];

/** What is said of a manifest. */
interface Trouble {
  readonly errors: readonly Diagnostic[];
  readonly notes: readonly Diagnostic[];
}

/**
 * What no field shows by itself. An error: what is there twice, since one of the two would be taken for the whole; a name that is not
 * the release's; another place than was asked for. A note: what upstream's manifests had at times, and what is not known here.
 */
export function findTrouble(
  release: WrittenRelease,
  complain: Decoded<unknown>['complain'],
  { baseUri }: WantedOfManifest,
): Trouble {
  const errors: Diagnostic[] = [];
  const notes: Diagnostic[] = [];
  const refuse = (place: Place, message: string, help?: string) =>
    errors.push(complain(place, message, help));
  const note = (place: Place, message: string) =>
    notes.push({ ...complain(place, message), severity: 'warning' });

  const { metadata, spec, status } = release;
  const name = releaseResourceName(spec.channel, spec.number);
  if (metadata.name !== name) refuse(['metadata', 'name'], `the name of this release is ${name}`);
  for (const place of strangers(release)) note(place, `unknown field ${JSON.stringify(place.at(-1))}`);

  const [components, uris] = [new Set<string>(), new Map<string, WrittenAsset>()];
  for (const [at, component] of status.components.entries()) {
    const here: Place = ['status', 'components', at];
    if (components.has(component.name)) refuse([...here, 'name'], `${component.name} is there twice`);
    components.add(component.name);
    const assets = new Set<string>();
    for (const [index, asset] of component.assets.entries()) {
      const there: Place = [...here, 'assets', index];
      const full = `${asset.name} of ${component.name}`;
      if (assets.has(asset.name)) refuse([...there, 'name'], `${full} is there twice`);
      assets.add(asset.name);
      if (new Set(asset.arch).size < (asset.arch?.length ?? 0))
        refuse([...there, 'arch'], `${full} names a processor twice`);
      if (asset.description === undefined) note([...there, 'name'], `${full} has no description`);
      checkImage(asset, [...there, 'image', 'uri']);
      checkArchive(asset, [...there, 'archive', 'uri']);
    }
  }
  return { errors, notes };

  function checkImage({ image }: WrittenAsset, place: Place): void {
    if (image === undefined) return;
    const read = readImageUri(image.uri);
    if ('strange' in read) note(place, `the image ${read.strange}`);
  }

  function checkArchive(asset: WrittenAsset, place: Place): void {
    const { archive, name: file } = asset;
    if (archive === undefined) return;
    const { uri, sha256, sha512 } = archive;
    const elsewhere = baseUri === undefined ? undefined : whyElsewhere(uri, baseUri);
    if (elsewhere !== undefined) refuse(place, `the URI ${elsewhere}, which was asked for`);
    const other = uris.get(uri);
    uris.set(uri, asset);
    if (other !== undefined) {
      const isSame = other.archive?.sha256 === sha256 && other.archive.sha512 === sha512;
      const message = `the URI is that of ${other.name}`;
      if (isSame) note(place, message);
      else refuse(place, `${message}, with other hashes`);
    }
    const folder = `/${artifactsFolder(spec.channel, spec.number)}/`;
    if (!uri.includes(folder))
      note(place, `the URI is not below ${folder}, where this release has its files`);
    if (!uri.endsWith(`/${file}`)) note(place, `the URI does not end in the asset's name, ${file}`);
  }
}

/** Fields that nothing here knows. Of `archive` and `image`, the schema refuses them. */
function strangers(release: WrittenRelease): readonly Place[] {
  const { root, spec, status, component, asset } = releaseParts;
  return [
    ...unknownFields(root, release, []),
    ...unknownFields(spec, release.spec, ['spec']),
    ...unknownFields(status, release.status, ['status']),
    ...release.status.components.flatMap((each, at) => {
      const here: Place = ['status', 'components', at];
      return [
        ...unknownFields(component, each, here),
        ...each.assets.flatMap((one, index) => unknownFields(asset, one, [...here, 'assets', index])),
      ];
    }),
  ];
}
