import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { readEntries, resolveInView } from '../../oci/image/image-file.ts';
import type { ImageView, ViewOptions } from '../../oci/image/image-view.ts';

/** What a distribution says of itself. */
export interface SystemFacts {
  /** `amzn` */
  readonly id: string;
  /** `2`; undefined where it has none. */
  readonly version?: string | undefined;
  readonly name?: string | undefined;
}

/** Where it is, and where it is when `/etc` is empty (os-release(5)). */
const places = ['/etc/os-release', '/usr/lib/os-release'];

/** Bytes: the longest has some hundred of them. */
const longest = 65_536;

/** What a distribution says of itself in an image; undefined where none does. Errors: those of `readEntries`. */
export async function readSystem(
  view: ImageView,
  options: ViewOptions,
): Promise<Result<SystemFacts | undefined, Failure>> {
  for (const place of places) {
    const path = resolveInView(view, place);
    const entry = path === undefined ? undefined : view.entries.get(path);
    if (entry?.kind !== 'file' || entry.size > longest) continue;
    let text = '';
    const read = await readEntries(view, [entry], options, async (_, content) => {
      text = content.toString();
    });
    if (!read.ok) return read;
    const system = parseOsRelease(text);
    if (system !== undefined) return ok(system);
  }
  return ok(undefined);
}

/** Of lines like those of a shell: `ID="amzn"`. Undefined where it does not say who it is, or not as it has to. */
export function parseOsRelease(text: string): SystemFacts | undefined {
  const values = new Map(
    [...text.matchAll(/^([A-Z][A-Z0-9_]*)=(["']?)(.*?)\2\s*$/gm)].map(([, name = '', , value = '']) => {
      return [name, value.replaceAll(/\\(["'$`\\])/g, '$1')];
    }),
  );
  const id = values.get('ID') ?? '';
  if (!/^[a-z0-9._-]+$/.test(id)) return undefined;
  return { id, version: values.get('VERSION_ID') || undefined, name: values.get('PRETTY_NAME') || undefined };
}

/** Databases of packages of other kinds: what is in them is not told. */
const others = [
  '/var/lib/dpkg/status',
  '/var/lib/dpkg/status.d',
  '/lib/apk/db/installed',
  '/usr/lib/apk/db/installed',
];

export function unreadDatabases(view: ImageView): readonly string[] {
  return others.filter((path) => resolveInView(view, path) !== undefined);
}
