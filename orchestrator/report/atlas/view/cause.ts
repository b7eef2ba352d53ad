import { byCodeUnit } from '../../../core/canonical-json.ts';
import type { VerdictName } from '../../../verdict/verify/verdict.ts';
import type { AtlasRow } from '../data.ts';
import { groupBy, sortedBy } from '../order.ts';
import { releasesIn } from './project.ts';
import { buildsIn } from './release.ts';

/** Why files are not as published, or were not made: what is said of them, and what kind of cause was found. */
export interface CauseName {
  readonly verdict: VerdictName;
  /** `unknown` where none was found. */
  readonly kind: string;
  readonly files: number;
  readonly builds: number;
}

export interface CauseView extends CauseName {
  readonly page: 'cause';
  readonly projects: readonly string[];
  /** Those of the most files first. */
  readonly found: readonly FoundCause[];
}

/** The same words, of the same version. */
interface FoundCause {
  readonly project: string;
  readonly version: string;
  readonly text?: string;
  readonly confidence?: string;
  readonly files: number;
  readonly builds: readonly string[];
  readonly releases: readonly string[];
}

export function causeViews(rows: readonly AtlasRow[]): readonly CauseView[] {
  const told = rows.filter(({ file: { said } }) => said !== undefined && !isAsPublished(said.verdict));
  return sortedBy(told, nameOf)
    .flatMap(([, group]) => viewOf(group))
    .sort((a, b) => b.files - a.files || byCodeUnit(a.verdict + a.kind, b.verdict + b.kind));
}

function isAsPublished(verdict: VerdictName): boolean {
  return verdict === 'identical' || verdict === 'equivalent';
}

function nameOf({ file: { said } }: AtlasRow): string {
  return `${said?.verdict} ${said?.cause?.kind ?? 'unknown'}`;
}

function viewOf(rows: readonly AtlasRow[]): readonly CauseView[] {
  const said = rows[0]?.file.said;
  if (said === undefined) return [];
  const same = ({ project, file }: AtlasRow) =>
    JSON.stringify([project.name, project.version, file.said?.cause?.text, file.said?.cause?.confidence]);
  return [
    {
      ...{ page: 'cause', verdict: said.verdict, kind: said.cause?.kind ?? 'unknown' },
      files: rows.length,
      builds: buildsIn(rows.map(({ file }) => file)).length,
      projects: [...new Set(rows.map(({ project }) => project.name))].sort(),
      found: [...groupBy(rows, same)]
        .map(([, group]) => foundIn(group))
        .sort(
          (a, b) => b.files - a.files || byCodeUnit(`${a.project} ${a.version}`, `${b.project} ${b.version}`),
        ),
    },
  ];
}

function foundIn(rows: readonly AtlasRow[]): FoundCause {
  const [first] = rows;
  const cause = first?.file.said?.cause;
  return {
    project: first?.project.name ?? '',
    version: first?.project.version ?? '',
    ...(cause === undefined ? {} : { text: cause.text }),
    ...(cause?.confidence === undefined ? {} : { confidence: cause.confidence }),
    files: rows.length,
    builds: buildsIn(rows.map(({ file }) => file)),
    releases: releasesIn(rows),
  };
}
