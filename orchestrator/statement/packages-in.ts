import { z } from 'zod';
import { byCodeUnit, type Json } from '../core/canonical-json.ts';

const property = z.looseObject({ name: z.string(), value: z.string().optional() });
const component = z.looseObject({
  type: z.string(),
  name: z.string(),
  version: z.string().optional(),
  purl: z.string().optional(),
});
const bill = z.looseObject({
  bomFormat: z.literal('CycloneDX'),
  metadata: z.looseObject({
    component: z.looseObject({ properties: z.array(property).optional() }).optional(),
  }),
  components: z.array(component),
});

interface NamedPackage {
  readonly name: string;
  readonly version?: string | undefined;
}

/** What a bill of materials says an image holds, but for its programs themselves. By name in code-unit order. */
interface Packages {
  readonly rpms: readonly NamedPackage[];
  /** Modules that Go programs link, `stdlib` among them. */
  readonly modules: readonly NamedPackage[];
  /** Databases of packages that nobody read: `/var/lib/dpkg/status`. */
  readonly unread: readonly string[];
}

/** Reads the packages out of a CycloneDX document; undefined where it is none. */
export function packagesIn(document: Json): Packages | undefined {
  const read = bill.safeParse(document);
  if (!read.success) return undefined;
  const { components, metadata } = read.data;
  const of = (type: string) =>
    components
      .filter((each) => each.type === 'library' && each.purl?.startsWith(`pkg:${type}/`))
      .map(({ name, version }) => (version === undefined ? { name } : { name, version }))
      .sort((a, b) => byCodeUnit(a.name, b.name) || byCodeUnit(a.version ?? '', b.version ?? ''));
  const unread = (metadata.component?.properties ?? []).filter(
    ({ name }) => name === 'eksd-rebuild:packages-not-read',
  );
  return { rpms: of('rpm'), modules: of('golang'), unread: unread.flatMap(({ value }) => value ?? []) };
}
