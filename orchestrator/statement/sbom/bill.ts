import { digestOf } from '../../core/digest.ts';
import type { BaseFacts, LicenseFacts, PatchFacts, ProjectFacts } from './facts.ts';

/** A bill of materials in no format yet: what both formats are written from. */
export interface Bill {
  /** `etcd linux/amd64` */
  readonly name: string;
  /** What it is of: one of the parts. */
  readonly subject: Part;
  /** All, the subject too, each once, by id in code-unit order. */
  readonly parts: readonly Part[];
  /** By the id of what has them, in code-unit order, what it has too. */
  readonly links: ReadonlyMap<string, readonly Link[]>;
}

export interface Link {
  readonly to: string;
  /** `contains`: an image its programs and packages. `uses`: a program the modules that it links. */
  readonly kind: 'contains' | 'uses';
}

export interface Part {
  /** Letters, digits, dots and hyphens; made of all else that is said here, so that it is as often the same as the part is. */
  readonly id: string;
  readonly kind: 'program' | 'module' | 'image' | 'system' | 'package';
  readonly name: string;
  readonly version?: string | undefined;
  readonly purl?: string | undefined;
  /** Common Platform Enumeration: what advisories of Go itself are found by. */
  readonly cpe?: string | undefined;
  /** Hexadecimal. */
  readonly sha256?: string | undefined;
  readonly license: LicenseFacts;
  readonly supplier?: string | undefined;
  /** What it was built from, where that is known. */
  readonly source?: Omit<ProjectFacts, 'patches'> | undefined;
  readonly patches: readonly PatchFacts[];
  readonly base?: BaseFacts | undefined;
  /** In an image, absolute. */
  readonly paths: readonly string[];
  /** Whether all that is in it is in the bill; undefined where that is no question. */
  readonly completeness?: 'complete' | 'incomplete' | 'unknown' | undefined;
  /** What else is known, in an order that counts: both formats have a place for names with values. */
  readonly facts: readonly Fact[];
}

export type Fact = readonly [name: string, value: string];

/** A part with its id. Nothing but its content decides that, so whoever has the same part has the same id. */
export function partOf(
  kind: Part['kind'],
  name: string,
  more: Partial<Omit<Part, 'id' | 'kind' | 'name'>> = {},
): Part {
  const part = { kind, name, license: {}, patches: [], paths: [], facts: [], ...more };
  const slug = name.replaceAll(/[^A-Za-z0-9.]+/g, '-').replaceAll(/^-+|-+$/g, '');
  // Each kind of part is made in one place, so its members come in one order.
  const id = `${prefixes[kind]}-${slug.slice(-60)}-${digestOf(JSON.stringify(part)).slice(0, 16)}`;
  return { ...part, id };
}

export function sourceOf(project: ProjectFacts | undefined): Part['source'] {
  if (project === undefined) return undefined;
  const { patches: _, ...source } = project;
  return source;
}

/** What the ids of a kind begin with, as scanners expect it who tell kinds by that. */
const prefixes: Readonly<Record<Part['kind'], string>> = {
  program: 'Application',
  module: 'Package',
  image: 'ContainerImage',
  system: 'OperatingSystem',
  package: 'Package',
};

/** A part with what it has. */
export interface Tree {
  readonly part: Part;
  readonly has: readonly { readonly kind: Link['kind']; readonly tree: Tree }[];
}

/** Lays parts out side by side: what several have is there once. */
export function billOf(name: string, root: Tree): Bill {
  const parts = new Map<string, Part>();
  const links = new Map<string, Map<string, Link>>();
  const visit = ({ part, has }: Tree): void => {
    parts.set(part.id, part);
    const mine = links.get(part.id) ?? new Map<string, Link>();
    links.set(part.id, mine);
    for (const { kind, tree } of has) {
      if (tree.part.id !== part.id) mine.set(tree.part.id, { to: tree.part.id, kind });
      visit(tree);
    }
  };
  visit(root);
  const ids = [...parts.keys()].sort();
  const sorted = ids.map((id): [string, readonly Link[]] => {
    const mine = links.get(id) ?? new Map<string, Link>();
    return [id, [...mine.keys()].sort().flatMap((to) => mine.get(to) ?? [])];
  });
  return {
    name,
    subject: root.part,
    parts: ids.flatMap((id) => parts.get(id) ?? []),
    links: new Map(sorted),
  };
}
