import type { Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import { visible } from '../../core/visible.ts';
import { type Bill, type Link, type Part, partOf } from './bill.ts';
import type { Making } from './facts.ts';
import { type NamedLicense, nameLicense, referenceOf } from './license.ts';
import { patchSentence } from './patch-text.ts';
import { purlOf } from './purl.ts';

/**
 * A bill as SPDX 2.3 (https://spdx.github.io/spdx-spec/v2.3/), without a namespace.
 * @param created RFC 3339, whole seconds, in UTC.
 */
export function spdxOf(
  bill: Bill,
  { tool, release }: Making,
  created: string,
): Readonly<Record<string, Json>> {
  const creator = `Tool: ${tool.name}-${tool.version}`;
  const bases = bill.parts.flatMap((part) => baseOf(part));
  const parts = [...bill.parts, ...new Map(bases.map(({ base }) => [base.id, base])).values()];
  const extracted = new Map(parts.flatMap(extractedOf));
  return {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: 'SPDXRef-DOCUMENT',
    name: visible(bill.name),
    comment: `Made by rebuilding ${release}. It is dated by that release, so that whoever repeats it gets the same bytes.`,
    creationInfo: { created, creators: [creator] },
    packages: parts.map((part) => packageOf(part, creator, created)),
    relationships: [
      relationship('DOCUMENT', 'DESCRIBES', bill.subject.id),
      ...[...bill.links].flatMap(([from, to]) =>
        to.map((link) => relationship(from, relationOf(link), link.to)),
      ),
      ...bases.map(({ of, base }) => relationship(of.id, 'DESCENDANT_OF', base.id)),
    ],
    ...(extracted.size === 0 ? {} : { hasExtractedLicensingInfos: [...extracted.values()] }),
  };
}

function relationship(from: string, relationshipType: string, to: string): Json {
  return { spdxElementId: `SPDXRef-${from}`, relationshipType, relatedSpdxElement: `SPDXRef-${to}` };
}

function relationOf({ kind }: Link): string {
  return kind === 'contains' ? 'CONTAINS' : 'DEPENDS_ON';
}

/** What an image stands on, as a part: it is not in the image as such, so the bill has none of it. */
function baseOf(part: Part): readonly { readonly of: Part; readonly base: Part }[] {
  if (part.base === undefined) return [];
  const { name, tag, digest, from } = part.base;
  const last = name.slice(name.lastIndexOf('/') + 1);
  const qualifiers = { repository_url: name.includes('/') ? name : undefined, tag };
  const base = partOf('image', name, {
    version: tag,
    purl: digest && purlOf({ type: 'oci', name: last, version: digest, qualifiers }),
    sha256: digest?.replace(/^sha256:/, ''),
    facts: [['base', from]],
  });
  return [{ of: part, base }];
}

const purposes: Readonly<Record<Part['kind'], string>> = {
  program: 'APPLICATION',
  module: 'LIBRARY',
  image: 'CONTAINER',
  system: 'OPERATING_SYSTEM',
  package: 'LIBRARY',
};

function packageOf(part: Part, creator: string, created: string): Json {
  const { id, kind, name, version, sha256, supplier, source, paths, license } = part;
  const annotations = commentsOf(part).map((comment) => ({
    annotator: creator,
    annotationDate: created,
    annotationType: 'OTHER',
    comment,
  }));
  const references = referencesOf(part);
  const [path] = paths;
  return {
    SPDXID: `SPDXRef-${id}`,
    name: visible(name),
    downloadLocation: source === undefined ? 'NOASSERTION' : `git+${source.repository}@${source.commit}`,
    filesAnalyzed: false,
    primaryPackagePurpose: purposes[kind],
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: declaredOf(nameLicense(license)),
    copyrightText: 'NOASSERTION',
    supplier: supplier === undefined ? 'NOASSERTION' : `Organization: ${visible(supplier)}`,
    ...defined({
      versionInfo: version && visible(version),
      packageFileName: path && visible(path),
      checksums: sha256 === undefined ? undefined : [{ algorithm: 'SHA256', checksumValue: sha256 }],
      licenseComments: license.note && visible(license.note),
      sourceInfo:
        source && `${source.name}, tag ${source.tag}, commit ${source.commit} of ${source.repository}`,
      externalRefs: references.length === 0 ? undefined : references,
      annotations: annotations.length === 0 ? undefined : annotations,
    }),
  };
}

function referencesOf({ purl, cpe }: Part): readonly Json[] {
  const reference = (referenceCategory: string, referenceType: string, locator: string | undefined) =>
    locator === undefined ? [] : [{ referenceCategory, referenceType, referenceLocator: locator }];
  return [...reference('SECURITY', 'cpe23Type', cpe), ...reference('PACKAGE-MANAGER', 'purl', purl)];
}

function commentsOf({ facts, patches, paths, completeness }: Part): readonly string[] {
  const all = [
    ...facts.map(([name, value]) => `${name}: ${value}`),
    ...paths.slice(1).map((path) => `also at: ${path}`),
    ...patches.map((patch, at) => patchSentence(patch, at, patches.length)),
    ...(completeness === undefined ? [] : [`what it is made of is listed: ${words[completeness]}`]),
  ];
  return all.map(visible);
}

const words = { complete: 'all of it', incomplete: 'not all of it', unknown: 'it does not say' } as const;

function declaredOf(named: NamedLicense): string {
  if (named.kind === 'expression') return named.expression;
  if (named.kind === 'text') return referenceOf(named.text);
  return named.kind === 'none' ? 'NONE' : 'NOASSERTION';
}

/** What SPDX wants to be told of licences that are not in its list, by their name. */
function extractedOf({ license }: Part): readonly (readonly [string, Json])[] {
  const named = nameLicense(license);
  const entry = (licenseId: string, name: string, extractedText: string) =>
    [licenseId, { licenseId, name, extractedText }] as const;
  if (named.kind === 'text') return [entry(referenceOf(named.text), named.text, named.text)];
  if (named.kind !== 'expression') return [];
  return named.references.map((id) =>
    entry(
      id,
      id.replace('LicenseRef-', ''),
      'Its text came with what is licensed, and stands in the LICENSES folder of an image.',
    ),
  );
}
