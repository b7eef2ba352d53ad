import type { Json } from '../core/canonical-json.ts';
import { defined } from '../core/defined.ts';
import type { ImageReport } from '../report/image-report.ts';
import type { RunReport } from '../report/run-report.ts';
import { subjectName } from './equivalence.ts';

/** Of each program in an image, what was expected, where that stands, and what came. */
export function programsIn({ programs }: ImageReport, { verdicts }: RunReport): readonly Json[] {
  return programs.flatMap(({ project, platform, file, compiled }): readonly Json[] => {
    const name = subjectName({ project, platform, file });
    if (compiled?.sha256 !== undefined) {
      const annotations = { verdict: 'no-expectation', compiledBy: compiled.by };
      return [{ name, digest: { sha256: compiled.sha256 }, annotations }];
    }
    const found = verdicts.find(
      (each) => each.project === project && each.platform === platform && each.name === file,
    );
    if (found?.found === undefined) return [];
    const { verdict, expected, authority, where } = found;
    const annotations = { verdict, authority, ...defined({ expected, where }) };
    return [{ name, digest: { sha256: found.found }, annotations }];
  });
}
