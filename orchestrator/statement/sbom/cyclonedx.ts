import type { Json } from '../../core/canonical-json.ts';
import { defined } from '../../core/defined.ts';
import { visible } from '../../core/visible.ts';
import type { Bill, Part } from './bill.ts';
import type { BaseFacts, Making, PatchFacts } from './facts.ts';
import { nameLicense } from './license.ts';
import { fixAddress, patchAddress } from './patch-text.ts';
import { purlOf } from './purl.ts';

/**
 * A bill as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/), without a serial number.
 * @param created RFC 3339, whole seconds, in UTC.
 */
export function cyclonedxOf(
  bill: Bill,
  { tool, release }: Making,
  created: string,
): Readonly<Record<string, Json>> {
  const { subject, parts, links } = bill;
  const claims = (['complete', 'incomplete', 'unknown'] as const).flatMap((aggregate) => {
    const which = parts.filter(({ completeness }) => completeness === aggregate).map(({ id }) => id);
    return which.length === 0 ? [] : [{ aggregate, dependencies: which }];
  });
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      timestamp: created,
      lifecycles: [{ phase: 'build' }],
      tools: { components: [{ type: 'application', ...tool }] },
      component: componentOf(subject),
      properties: [{ name: 'eksd-rebuild:release', value: release }],
    },
    components: parts.filter(({ id }) => id !== subject.id).map(componentOf),
    dependencies: [...links].map(([ref, to]) => ({
      ref,
      ...(to.length === 0 ? {} : { dependsOn: to.map((each) => each.to) }),
    })),
    ...(claims.length === 0 ? {} : { compositions: claims }),
  };
}

const types: Readonly<Record<Part['kind'], string>> = {
  program: 'application',
  module: 'library',
  image: 'container',
  system: 'operating-system',
  package: 'library',
};

function componentOf(part: Part): Json {
  const { id, kind, name, version, purl, cpe, sha256, supplier, paths } = part;
  const hashes = sha256 === undefined ? undefined : [{ alg: 'SHA-256', content: sha256 }];
  return {
    type: types[kind],
    'bom-ref': id,
    name: visible(name),
    ...defined({
      // Of an image the version is what it is asked for by, and its tag a property.
      version: kind === 'image' ? sha256 && `sha256:${sha256}` : version && visible(version),
      purl,
      cpe,
      hashes,
      supplier: supplier === undefined ? undefined : { name: visible(supplier) },
      licenses: licensesOf(part),
      externalReferences: referencesOf(part),
      pedigree: pedigreeOf(part),
      evidence:
        paths.length === 0 ? undefined : { occurrences: paths.map((path) => ({ location: visible(path) })) },
      properties: propertiesOf(part),
    }),
  };
}

function licensesOf({ license }: Part): Json | undefined {
  const named = nameLicense(license);
  // It is said by whoever wrote the files or the package, and nobody has concluded anything else.
  const acknowledgement = 'declared';
  if (named.kind === 'expression') return [{ expression: named.expression, acknowledgement }];
  return named.kind === 'text' ? [{ license: { name: named.text, acknowledgement } }] : undefined;
}

function referencesOf({ source }: Part): Json | undefined {
  if (source === undefined) return undefined;
  const { repository, tag, commit } = source;
  return [{ type: 'vcs', url: repository, comment: `tag ${tag}, commit ${commit}` }];
}

/** Who applies the patches did not write the project: `unofficial`, whatever they bring, which their names alone tell. */
function pedigreeOf({ patches, source, base }: Part): Json | undefined {
  if (patches.length === 0 && source === undefined && base === undefined) return undefined;
  return defined({
    ancestors: base === undefined ? undefined : [ancestorOf(base)],
    commits: source === undefined ? undefined : [{ uid: source.commit, url: source.repository }],
    patches: patches.length === 0 ? undefined : patches.map(patchOf),
  }) as Json;
}

function patchOf(patch: PatchFacts): Json {
  const resolves = patch.fixes.map((id) => {
    const address = fixAddress(id);
    return {
      type: /^(CVE|GHSA)-/.test(id) ? 'security' : 'defect',
      id: visible(id),
      ...(address === undefined ? {} : { references: [address] }),
    };
  });
  return {
    type: 'unofficial',
    diff: { url: patchAddress(patch) },
    ...(resolves.length === 0 ? {} : { resolves }),
  };
}

function ancestorOf({ name, tag, digest, from }: BaseFacts): Json {
  const last = name.slice(name.lastIndexOf('/') + 1);
  const qualifiers = { repository_url: name.includes('/') ? name : undefined, tag };
  return {
    type: 'container',
    name: visible(name),
    ...defined({
      version: digest ?? (tag && visible(tag)),
      purl: digest && purlOf({ type: 'oci', name: last, version: digest, qualifiers }),
    }),
    properties: [{ name: 'eksd-rebuild:base', value: from }],
  };
}

function propertiesOf({ kind, version, source, patches, license, facts }: Part): Json | undefined {
  const named = nameLicense(license);
  const all: readonly (readonly [string, string | undefined])[] = [
    ['tag', kind === 'image' ? version : undefined],
    ['project', source?.name],
    ...facts,
    ...patches.map(({ path, sha256 }) => ['patch', `${path} sha256:${sha256 ?? 'unknown'}`] as const),
    ['license', named.kind === 'none' ? 'none was found' : undefined],
    ['license-note', license.note],
  ];
  const properties = all.flatMap(([name, value]) =>
    value === undefined ? [] : [{ name: `eksd-rebuild:${name}`, value: visible(value) }],
  );
  return properties.length === 0 ? undefined : properties;
}
