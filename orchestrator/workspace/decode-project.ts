import { type Project, projectSchema } from '../config/project/project.ts';
import { decodeYaml } from '../config/yaml.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { err, ok, type Result } from '../core/result.ts';
import { isRange } from '../plan/condition.ts';
import { archiveComplaints, archiveConditions } from './check-archives.ts';

/** Decodes a recipe, with the checks that its schema cannot make. */
export function decodeProject(file: string, text: string): Result<Project, readonly Diagnostic[]> {
  const decoded = decodeYaml(file, text, projectSchema);
  if (!decoded.ok) return decoded;
  const { value, complain } = decoded.value;
  const complaints: Diagnostic[] = [];
  for (const [index, build] of value.builds.entries()) {
    const when = ['builds', index, 'when'];
    complaints.push(...rangeComplaints([...when, 'version'], build.when?.version, complain));
    complaints.push(...rangeComplaints([...when, 'branch'], build.when?.branch, complain));
    if (build.scripts !== undefined && build.layout === undefined) {
      const why =
        'What scripts compile is all in the checkout: say so by a layout, for what is made of it too.';
      complaints.push(complain(['builds', index, 'scripts'], 'a build with scripts needs a layout', why));
    }
    for (const [position, program] of build.programs.entries()) {
      const at = ['builds', index, 'programs', position];
      if (program.package === '.' && program.name === undefined) {
        complaints.push(
          complain(at, 'the package "." needs a name', 'Its folder has another name in every checkout.'),
        );
      }
      if (program.name !== undefined && program.package.includes('*')) {
        complaints.push(complain([...at, 'name'], 'a pattern makes several files, so it takes no name'));
      }
    }
  }
  const inC = new Set(value.cBuilds.map(({ program }) => program));
  for (const member of ['cBuilds', 'images'] as const) {
    for (const [index, { when }] of value[member].entries()) {
      const at = [member, index, 'when'];
      complaints.push(...rangeComplaints([...at, 'version'], when?.version, complain));
      complaints.push(...rangeComplaints([...at, 'branch'], when?.branch, complain));
    }
  }
  for (const [index, { programs, licenses }] of value.images.entries()) {
    if (licenses === 'yes' && programs.every((program) => inC.has(program))) {
      const message = 'licences are gathered of Go programs, and it holds none: say "licenses: no"';
      complaints.push(complain(['images', index, 'programs'], message));
    }
  }
  for (const { at, when } of archiveConditions(value)) {
    complaints.push(...rangeComplaints([...at, 'version'], when.version, complain));
    complaints.push(...rangeComplaints([...at, 'branch'], when.branch, complain));
  }
  complaints.push(...archiveComplaints(value, complain));
  return complaints.length > 0 ? err(complaints) : ok(value);
}

type Complain = (at: readonly (string | number)[], message: string) => Diagnostic;

function rangeComplaints(
  at: readonly (string | number)[],
  range: string | undefined,
  complain: Complain,
): readonly Diagnostic[] {
  const isGood = range === undefined || isRange(range);
  return isGood ? [] : [complain(at, `${JSON.stringify(range)} is no semver range`)];
}
