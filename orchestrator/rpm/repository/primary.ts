import { packageName } from '../../config/base/base-image.ts';
import type { Architecture } from '../../config/base/distribution.ts';
import { defined } from '../../core/defined.ts';
import { type Digest, isDigest } from '../../core/digest.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { Capability, Relation } from './capability.ts';
import { compareVersions, type Version } from './rpm-version.ts';
import { childOf, childrenOf, cutElements, parseXml, rootOf, type XmlElement } from './xml.ts';

/** A package as a repository's `primary` describes it. */
export interface RepositoryPackage extends Version {
  readonly name: string;
  readonly arch: string;
  /** Of the `.rpm`. */
  readonly sha256: Digest;
  /** Of the `.rpm`, in bytes. */
  readonly size: number;
  /** Where the `.rpm` is: relative to the repository's folder, or to `base` where that is given, or a whole URL. */
  readonly href: string;
  readonly base?: string;
  readonly provides: readonly Capability[];
  readonly requires: readonly Capability[];
  readonly conflicts: readonly Capability[];
  /** Its files that `primary` names: programs and configuration, not all of them. */
  readonly files: readonly string[];
}

/**
 * Which packages are taken out of `primary`: every version of some names, the newest of every name, or those in whose
 * description one of some texts stands (as XML spells it).
 */
export type Wanted =
  | { readonly kind: 'names'; readonly names: ReadonlySet<string> }
  | { readonly kind: 'newest' }
  | { readonly kind: 'containing'; readonly texts: readonly string[] };

interface PrimaryContent {
  readonly packages: readonly RepositoryPackage[];
  /** Every name that is in it. */
  readonly names: ReadonlySet<string>;
}

/**
 * Reads `primary` as it comes, taking only packages for one processor, and `noarch`. Whatever is not wanted is not parsed:
 * Amazon Linux 2 has every version it ever had in one list.
 * Error: what is wrong with it, in words.
 */
export async function readPrimary(
  chunks: AsyncIterable<Uint8Array>,
  arch: Architecture,
  wanted: Wanted,
): Promise<Result<PrimaryContent, string>> {
  const names = new Set<string>();
  const root = rootOf('metadata', chunks);
  let count = 0;
  const kept: Buffer[] = [];
  const newest = new Map<string, { readonly version: Version; readonly element: Buffer }>();
  for await (const element of cutElements(root.chunks, 'package')) {
    count += 1;
    const name = textIn(element, '<name>', '</name>');
    const itsArch = textIn(element, '<arch>', '</arch>');
    if (name === undefined || itsArch === undefined) return err('it has a package without name or processor');
    if (itsArch !== arch && itsArch !== 'noarch') continue;
    names.add(name);
    if (wanted.kind === 'names') {
      if (wanted.names.has(name)) kept.push(Buffer.from(element));
    } else if (wanted.kind === 'containing') {
      if (wanted.texts.some((text) => element.includes(text))) kept.push(Buffer.from(element));
    } else {
      const key = `${name}.${itsArch}`;
      const version = versionIn(element);
      if (version === undefined) return err(`${name} has no version`);
      const before = newest.get(key);
      if (before === undefined || compareVersions(before.version, version) < 0)
        newest.set(key, { version, element: Buffer.from(element) });
    }
  }
  // Of a list that is cut off, or none at all, it would seem that there are no more packages.
  const said = /\bpackages=["']([0-9]+)["']/.exec(root.tag())?.[1];
  if (said === undefined) return err('it is no list of packages');
  if (Number(said) !== count) return err(`it says that it has ${said} packages, and has ${count}`);
  for (const { element } of newest.values()) kept.push(element);
  const packages: RepositoryPackage[] = [];
  for (const element of kept) {
    const parsed = parseXml(element.toString('utf8'));
    const read = parsed.ok ? readPackage(parsed.value) : parsed;
    if (!read.ok) return read;
    packages.push(read.value);
  }
  return ok({ packages, names });
}

/**
 * What is between two tags, without parsing: the tags that say whether a package is wanted stand before any text of people's,
 * and in names and versions nothing is escaped.
 */
function textIn(element: Buffer, start: string, end: string): string | undefined {
  const from = element.indexOf(start);
  const to = from < 0 ? -1 : element.indexOf(end, from);
  return to < 0 ? undefined : element.toString('latin1', from + start.length, to);
}

function versionIn(element: Buffer): Version | undefined {
  const tag = textIn(element, '<version ', '>') ?? '';
  const version = /\bver=["']([^"']*)["']/.exec(tag)?.[1];
  const release = /\brel=["']([^"']*)["']/.exec(tag)?.[1];
  if (version === undefined || release === undefined) return undefined;
  return { epoch: Number(/\bepoch=["']([^"']*)["']/.exec(tag)?.[1] ?? 0), version, release };
}

function readPackage(element: XmlElement): Result<RepositoryPackage, string> {
  const name = childOf(element, 'name')?.text ?? '';
  // It becomes the name of a file, and of whoever serves the list.
  if (!packageName.safeParse(name).success) return err(`${JSON.stringify(name)} is no name of a package`);
  const version = childOf(element, 'version')?.attributes ?? {};
  const checksum = childOf(element, 'checksum');
  const location = childOf(element, 'location')?.attributes ?? {};
  const format = childOf(element, 'format');
  const sha256 = checksum?.text ?? '';
  if (checksum?.attributes['type'] !== 'sha256' || !isDigest(sha256)) return err(`${name} has no SHA-256`);
  const href = location['href'];
  if (href === undefined) return err(`${name} has no location`);
  const base = location['xml:base'];
  return ok({
    name,
    arch: childOf(element, 'arch')?.text ?? '',
    epoch: Number(version['epoch'] ?? 0),
    version: version['ver'] ?? '',
    release: version['rel'] ?? '',
    sha256,
    size: Number(childOf(element, 'size')?.attributes['package'] ?? 0),
    href,
    ...defined({ base }),
    provides: capabilitiesOf(childOf(format, 'provides')),
    requires: capabilitiesOf(childOf(format, 'requires')),
    conflicts: capabilitiesOf(childOf(format, 'conflicts')),
    files: childrenOf(format, 'file').map((file) => file.text),
  });
}

const relations = new Set<string>(['EQ', 'LT', 'LE', 'GT', 'GE'] satisfies Relation[]);

function capabilitiesOf(list: XmlElement | undefined): readonly Capability[] {
  return childrenOf(list, 'entry').map(({ attributes }) => {
    const { name = '', flags = '', epoch, ver, rel } = attributes;
    if (!relations.has(flags) || ver === undefined) return { name };
    return {
      name,
      relation: flags as Relation,
      epoch: Number(epoch ?? 0),
      version: ver,
      ...defined({ release: rel }),
    };
  });
}
