import { byCodeUnit } from '../../core/canonical-json.ts';

/** The parts of a package URL (https://github.com/package-url/purl-spec), as they are: nothing of them is escaped yet. */
export interface PurlParts {
  readonly type: 'golang' | 'rpm' | 'oci';
  readonly namespace?: string | undefined;
  readonly name: string;
  readonly version?: string | undefined;
  /** Those without a value are left out. */
  readonly qualifiers?: Readonly<Record<string, string | undefined>>;
}

/** @throws nothing: whatever stands in a program or a package becomes a text that can be taken apart again. */
export function purlOf({ type, namespace, name, version, qualifiers = {} }: PurlParts): string {
  const folders = (namespace ?? '').split('/').filter((part) => part !== '');
  const path = [...folders, name].map(escaped).join('/');
  const words = Object.entries(qualifiers)
    .flatMap(([key, value]) => (value === undefined || value === '' ? [] : [`${key}=${escaped(value)}`]))
    .sort(byCodeUnit);
  const at = version === undefined || version === '' ? '' : `@${escaped(version)}`;
  return `pkg:${type}/${path}${at}${words.length === 0 ? '' : `?${words.join('&')}`}`;
}

/** A module's: its last segment is the name, as scanners have it, and all of it in lower case, as the type's rules want it. */
export function moduleUrl(path: string, version: string | undefined): string {
  const lower = path.toLowerCase();
  const slash = lower.lastIndexOf('/');
  const isNamed = slash > 0 && slash < lower.length - 1;
  const [namespace, name] = isNamed ? [lower.slice(0, slash), lower.slice(slash + 1)] : [undefined, lower];
  return purlOf({ type: 'golang', namespace, name, version });
}

/** All but letters, digits and `-._~` is escaped; a colon stays, as the specification has it. */
export function escaped(text: string): string {
  // Halves of characters become U+FFFD: there is no UTF-8 of them.
  return encodeURIComponent(Buffer.from(text).toString())
    .replace(/[!'()*]/g, (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%3A', ':');
}
