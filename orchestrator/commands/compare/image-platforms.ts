import { readFile } from 'node:fs/promises';
import type { Failure } from '../../core/failure.ts';
import { readJson } from '../../core/json-text.ts';
import {
  type ImageConfig,
  type ImageIndex,
  isIndexType,
  type OciDigest,
  platformOf,
} from '../../core/oci.ts';
import type { Platform } from '../../core/platform.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { getBlob } from '../../oci/registry/blobs.ts';
import { getManifest } from '../../oci/registry/manifests.ts';
import { blobsOf } from '../../oci/registry/pulled-parts.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import { imagePlatforms } from '../../plan/image-nodes.ts';

/**
 * The platforms that an image in a registry is for; of one that is for those of EKS Distro's Linux images and others,
 * such as Windows, only the former. Errors: `usage` where it is not there or is no image; those of `getBlob`.
 * @param file absolute path of one that is not there: its config comes there where there is no index. @throws system errors.
 */
export async function platformsThere(
  registry: Registry,
  repository: string,
  digest: OciDigest,
  file: string,
): Promise<Result<readonly Platform[], Failure>> {
  const document = await getManifest(registry, repository, digest);
  if (!document.ok) return document;
  const name = `${registry.host}/${repository}@${digest}`;
  if (document.value === undefined) return err(unusable(`There is no ${name}.`));
  const read = readJson(document.value.bytes.toString('utf8'));
  if (!read.ok) return err(unusable(`${name} is no image: it ${read.error}.`));
  const content = read.value;
  if (isIndexType(document.value.mediaType)) {
    const { manifests = [] } = content as Partial<ImageIndex>;
    const all = manifests.flatMap(({ platform }) => (platform === undefined ? [] : [platformOf(platform)]));
    const linux = imagePlatforms.filter((each) => all.includes(each));
    return ok(linux.length > 0 ? linux : [...new Set(all)].filter((each) => !each.startsWith('unknown/')));
  }
  const parts = blobsOf(content);
  if (!parts.ok) return err(unusable(`${name} ${parts.error}.`));
  const fetched = await getBlob(registry, repository, parts.value.config, file);
  if (!fetched.ok) return fetched;
  const config = readJson(await readFile(file, 'utf8'));
  if (!config.ok) return err(unusable(`${name} has a config that ${config.error}.`));
  const { os, architecture } = config.value as Partial<ImageConfig>;
  if (os === undefined || architecture === undefined) {
    return err(unusable(`${name} has a config without a platform.`));
  }
  return ok([platformOf({ os, architecture })]);
}

function unusable(message: string): Failure {
  return { reason: 'usage', message, help: 'Name an image that can be read.' };
}
