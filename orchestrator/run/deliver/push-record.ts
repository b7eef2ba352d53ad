import { join } from 'node:path';
import { digestOf } from '../../core/digest.ts';
import { parseJson } from '../../core/json-text.ts';
import type { ReleaseName } from '../../core/names.ts';
import { isOciDigest, type OciDigest } from '../../core/oci.ts';
import type { RegistryPlace } from '../../core/registry-place.ts';
import { readText, sizeLimit } from '../../tool/file/read-file.ts';
import { outFolderOf, type Workspace } from '../../workspace/workspace.ts';

const longestName = 200;

/** Where the record of a push is: `push-<host>+<prefix>.json` beside the report; no host and no prefix has a plus. */
export function pushRecordFile(
  workspace: Pick<Workspace, 'out'>,
  release: ReleaseName,
  { host, prefix }: RegistryPlace,
): string {
  const place = [host, ...prefix.split('/')].filter((part) => part !== '').join('+');
  const name = place.replaceAll(/[^A-Za-z0-9._+-]/g, '-');
  // A file's name has room for less than a repository's.
  const short =
    name.length <= longestName ? name : `${name.slice(0, longestName)}-${digestOf(place).slice(0, 16)}`;
  return join(outFolderOf(workspace, release), `push-${short}.json`);
}

/** The content of a record; undefined where there is none that can be read. */
export async function readPushRecord(file: string): Promise<object | undefined> {
  const text = await readText(file, { limit: sizeLimit.report }, file);
  return text.ok && text.value !== undefined ? parseJson(text.value) : undefined;
}

/** The part of a record that says what came to its registry. */
interface Recorded {
  readonly registries?: readonly {
    readonly host?: string;
    readonly images?: readonly {
      readonly repository?: string;
      readonly digest?: string;
      readonly tags?: readonly { readonly tag?: string }[];
    }[];
  }[];
  /** Of a push that broke off: the record that it replaced. */
  readonly earlier?: Recorded;
}

/** What a record says came to a registry, by `<repository>:<tag>`. */
export function pushedImages(record: object, host: string): ReadonlyMap<string, OciDigest> {
  const { registries = [], earlier } = record as Recorded;
  const pushed = new Map(earlier === undefined ? [] : pushedImages(earlier, host));
  for (const { images = [], ...registry } of registries) {
    if (registry.host !== host) continue;
    for (const { repository, digest = '', tags = [] } of images) {
      for (const { tag } of tags) if (isOciDigest(digest)) pushed.set(`${repository}:${tag}`, digest);
    }
  }
  return pushed;
}
