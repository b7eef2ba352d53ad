import type { Failure } from '../../core/failure.ts';
import { formatImageReference } from '../../core/image-reference.ts';
import type { OciDigest } from '../../core/oci.ts';
import { repositoryOf } from '../../core/registry-place.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import type { Insecure } from '../../oci/registry/endpoint.ts';
import { headManifest } from '../../oci/registry/manifests.ts';
import type { SiteImage } from '../../publish/site-content.ts';
import type { ImageReport } from '../../report/image-report.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { pushedImages, pushRecordFile, readPushRecord } from '../deliver/push-record.ts';
import type { Rebuilt } from '../rebuild.ts';
import { openRegistries } from '../wiring/registries.ts';
import { openProcesses } from '../wiring/tools.ts';
import type { Identity } from './identity.ts';

/** Questions at once. */
const atOnce = 8;

/** The images of a site, and those of them that nobody knows to be where it says. */
export interface FoundImages {
  readonly images: readonly SiteImage[];
  /** By name. */
  readonly absent: readonly string[];
}

/**
 * The images that were made, as the registry has them: by the record of a push, or else by asking it, where the user named it. What is
 * there under such a name has to be what was made. Errors: `usage` where it is another; those of asking.
 */
export async function findImages(
  made: readonly ImageReport[],
  identity: Identity,
  insecure: Insecure | undefined,
  rebuilt: Rebuilt,
  host: Host,
): Promise<Result<FoundImages, Failure>> {
  const { workspace, plan } = rebuilt.prepared;
  const { registry } = identity;
  const record = await readPushRecord(pushRecordFile(workspace, rebuilt.report.release.name, registry));
  const known = new Map(record === undefined ? [] : pushedImages(record, registry.host));
  const nameOf = ({ image, tag }: Pick<ImageReport, 'image' | 'tag'>) =>
    `${repositoryOf(registry, image)}:${tag}`;
  const unknown = made.filter((image) => !known.has(nameOf(image)));
  if (identity.isRegistryNamed && unknown.length > 0) {
    rebuilt.say(`asking ${registry.host} what it has`);
    const processes = await openProcesses(host, workspace);
    const registries = openRegistries(workspace, processes.run, host, { pushes: false });
    const opened = await registries.open(registry.host, insecure === undefined ? {} : { insecure });
    if (!opened.ok) return opened;
    const asked = await inParallel(unknown, atOnce, async (image) => {
      const found = await headManifest(opened.value, repositoryOf(registry, image.image), image.tag);
      if (found.ok && found.value !== undefined) known.set(nameOf(image), found.value);
      return found;
    });
    rebuilt.say('');
    if (!asked.ok) return asked;
  }
  const others = made.filter((image) => (known.get(nameOf(image)) ?? image.digest) !== image.digest);
  if (others.length > 0) return err(another(others, nameOf, known, identity));
  const images = made.flatMap((image): readonly SiteImage[] => {
    const asset = plan.images.find((each) => each.image === image.image)?.asset;
    const repository = repositoryOf(registry, image.image);
    const uri = formatImageReference({ host: registry.host, repository, tag: image.tag });
    if (asset === undefined || image.digest === undefined) return [];
    return [{ asset, uri, imageDigest: image.digest }];
  });
  return ok({ images, absent: made.filter((image) => !known.has(nameOf(image))).map(nameOf) });
}

function another(
  images: readonly ImageReport[],
  nameOf: (image: ImageReport) => string,
  known: ReadonlyMap<string, OciDigest>,
  { registry: { host } }: Identity,
): Failure {
  const lines = images.map((image) => {
    return `  ${host}/${nameOf(image)} is there as ${known.get(nameOf(image))}, and was made as ${image.digest}`;
  });
  return {
    reason: 'usage',
    message: `Nothing is laid out: the registry has other images.\n${lines.join('\n')}`,
    help: '"eksd-rebuild push" brings what was made there: with --overwrite, or under a number of its own.',
  };
}
