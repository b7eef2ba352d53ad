import { byCodeUnit } from '../../../core/canonical-json.ts';
import { defined } from '../../../core/defined.ts';
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
  /** How many, in all releases together. */
  readonly count: number;
  /** Each once, whatever releases have it. */
  readonly files: readonly FileOfCause[];
  readonly builds: readonly string[];
  readonly releases: readonly string[];
}

interface FileOfCause {
  readonly name: string;
  readonly platform: string;
  /** The published SHA-256. */
  readonly expected?: string;
}

/** Those of the most files first. */
export function causeNames(rows: readonly AtlasRow[]): readonly CauseName[] {
  const told = rows.filter(({ file: { said } }) => said !== undefined && !isAsPublished(said.verdict));
  return sortedBy(told, (row) => JSON.stringify(nameOf(row)))
    .flatMap(([, group]) => {
      const [verdict, kind] = nameOf(group[0]);
      const builds = buildsIn(group.map(({ file }) => file)).length;
      return verdict === undefined ? [] : [{ verdict, kind, files: group.length, builds }];
    })
    .sort((a, b) => b.files - a.files || byCodeUnit(a.verdict + a.kind, b.verdict + b.kind));
}

export function isOfCause(row: AtlasRow, { verdict, kind }: CauseName): boolean {
  const [said, found] = nameOf(row);
  return said === verdict && found === kind;
}

function isAsPublished(verdict: VerdictName): boolean {
  return verdict === 'identical' || verdict === 'equivalent';
}

function nameOf(row: AtlasRow | undefined): readonly [verdict: VerdictName | undefined, kind: string] {
  const said = row?.file.said;
  return [said?.verdict, said?.cause?.kind ?? 'unknown'];
}

/** @param rows all files of that cause. */
export function causeView({ verdict, kind, files, builds }: CauseName, rows: readonly AtlasRow[]): CauseView {
  const same = ({ project, file }: AtlasRow) =>
    JSON.stringify([project.name, project.version, file.said?.cause?.text, file.said?.cause?.confidence]);
  return {
    ...{ page: 'cause', verdict, kind, files, builds },
    projects: [...new Set(rows.map(({ project }) => project.name))].sort(),
    found: [...groupBy(rows, same)]
      .map(([, group]) => foundIn(group))
      .sort(
        (a, b) => b.count - a.count || byCodeUnit(`${a.project} ${a.version}`, `${b.project} ${b.version}`),
      ),
  };
}

function foundIn(rows: readonly AtlasRow[]): FoundCause {
  const [first] = rows;
  const cause = first?.file.said?.cause;
  const ofFile = ({ file: { name, platform, expected } }: AtlasRow) => `${name} ${platform} ${expected}`;
  return {
    project: first?.project.name ?? '',
    version: first?.project.version ?? '',
    ...defined({ text: cause?.text, confidence: cause?.confidence }),
    count: rows.length,
    files: sortedBy(rows, ofFile).flatMap(([, [row]]) =>
      row === undefined
        ? []
        : [
            {
              name: row.file.name,
              platform: row.file.platform,
              ...defined({ expected: row.file.expected }),
            },
          ],
    ),
    builds: buildsIn(rows.map(({ file }) => file)),
    releases: releasesIn(rows),
  };
}
