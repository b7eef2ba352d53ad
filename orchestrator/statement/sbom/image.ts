import { platformParts } from '../../core/platform.ts';
import type { PackageFacts } from '../../oci/image/compare-packages.ts';
import type { SystemFacts } from '../../rpm/contents/system.ts';
import { type Fact, type Part, partOf, sourceOf, type Tree } from './bill.ts';
import type { ImageFacts, PlatformFacts } from './facts.ts';
import { programTree } from './program.ts';
import { purlOf } from './purl.ts';

/** An image with all that is in it: of one platform by its manifest's digest, of several by the index's, each platform below it. */
export function imageTree(image: ImageFacts): Tree {
  const [only, ...others] = image.platforms;
  if (only !== undefined && others.length === 0 && only.digest === image.digest)
    return platformTree(image, only);
  const part = imagePart(image, image.digest, {}, []);
  return {
    part,
    has: image.platforms.map((each) => ({ kind: 'contains', tree: platformTree(image, each) })),
  };
}

function platformTree(image: ImageFacts, found: PlatformFacts): Tree {
  const { platform, digest, layers, system, rpms, unread } = found;
  const part = imagePart(
    image,
    digest,
    { completeness: unread.length > 0 ? 'incomplete' : undefined },
    [
      ['platform', platform],
      ...layers.map(
        (layer, at): Fact => [
          'layer',
          `${at + 1} of ${layers.length}: ${layer.digest}, content ${layer.plain}`,
        ],
      ),
      ...unread.map((path): Fact => ['packages-not-read', path]),
    ],
    platformParts(platform).arch,
  );
  const programs = found.programs.map((program) => {
    const layer = layers[program.layer];
    const facts: readonly Fact[] = layer === undefined ? [] : [['layer', layer.digest]];
    return programTree(program, { paths: program.paths, facts });
  });
  const packages = rpms.filter(isPackage).map((rpm): Tree => ({ part: packagePart(rpm, system), has: [] }));
  // What a distribution brings is the system's, so that scanners know by whose advisories to go.
  const below = packages.map((tree) => ({ kind: 'contains' as const, tree }));
  const os =
    system === undefined
      ? below
      : [{ kind: 'contains' as const, tree: { part: systemPart(system), has: below } }];
  return { part, has: [...os, ...programs.map((tree) => ({ kind: 'contains' as const, tree }))] };
}

function imagePart(
  { name, tag, project, base }: ImageFacts,
  digest: string,
  more: Partial<Part>,
  facts: readonly Fact[],
  arch?: string,
): Part {
  const last = name.slice(name.lastIndexOf('/') + 1);
  return partOf('image', name, {
    version: tag,
    purl: purlOf({ type: 'oci', name: last, version: digest, qualifiers: { arch, tag } }),
    sha256: digest.replace(/^sha256:/, ''),
    source: sourceOf(project),
    base,
    facts,
    ...more,
  });
}

function systemPart({ id, version, name }: SystemFacts): Part {
  return partOf('system', id, { version, facts: name === undefined ? [] : [['system', name]] });
}

/** rpm keeps the keys that it trusts as packages, too. */
function isPackage({ name, arch }: PackageFacts): boolean {
  return name !== 'gpg-pubkey' || arch !== '';
}

function packagePart(rpm: PackageFacts, system: SystemFacts | undefined): Part {
  const { name, epoch, version, release, arch, license, vendor, sourceRpm } = rpm;
  const full = `${version}-${release}`;
  return partOf('package', name, {
    version: epoch === undefined ? full : `${epoch}:${full}`,
    purl: purlOf({
      type: 'rpm',
      namespace: system?.id,
      name,
      version: full,
      qualifiers: {
        arch,
        epoch: epoch === undefined ? undefined : `${epoch}`,
        upstream: sourceRpm,
        distro: system && [system.id, system.version].filter((word) => word !== undefined).join('-'),
      },
    }),
    license: { declared: license === '' ? undefined : license },
    supplier: vendor === '' ? undefined : vendor,
  });
}
