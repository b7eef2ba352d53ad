import type { FileJson, ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { type Section, sectionOf, sections } from '../sections.ts';

/** Files of one section that one cause speaks for: it is told once. */
export interface Cause {
  readonly section: Section;
  readonly files: readonly { readonly project: ProjectJson; readonly file: FileJson }[];
}

/** Why files are not as published, the gravest section first. */
export function causesOf({ projects }: ReportJson): readonly Cause[] {
  const causes = new Map<string, { section: Section; files: Cause['files'][number][] }>();
  for (const project of projects) {
    for (const file of project.files) {
      const section = sectionOf(file);
      if (section === undefined) continue;
      const key = JSON.stringify([section, ...keyOf(project, file, section)]);
      const cause = causes.get(key) ?? { section, files: [] };
      cause.files.push({ project, file });
      causes.set(key, cause);
    }
  }
  const rank = ({ section }: Cause) => -sections.indexOf(section);
  return [...causes.values()].sort((a, b) => rank(a) - rank(b));
}

/** What the user stopped is one cause; what a node came to is the cause of all that needs it. */
function keyOf(project: ProjectJson, file: FileJson, section: Section): readonly (string | undefined)[] {
  if (section === 'stopped') return [];
  const { failure, failedNode, why, explanation } = file;
  if (failure !== undefined) return [failedNode, failure.description];
  return [project.name, why, explanation?.cause];
}

/** Whether somebody has to look at the file; what has no recipe or no published hash is only to be known. */
export function isOpen(file: FileJson): boolean {
  const section = sectionOf(file);
  return section !== undefined && section !== 'not-built' && section !== 'no-expectation';
}
