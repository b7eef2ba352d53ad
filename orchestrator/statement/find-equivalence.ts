import { defined } from '../core/defined.ts';
import type { ImageReport } from '../report/image-report.ts';
import type { RunReport } from '../report/run-report.ts';
import type { FileVerdict } from '../verdict/verify/verdict.ts';
import { equivalenceStatement, imageEquivalenceStatement, worstOf } from './equivalence.ts';
import { imageSubjects } from './provenance.ts';
import type { Statement } from './statement.ts';

/** What is to be said of a file that was built, and of which a hash was published; undefined of any other. */
export function fileEquivalence(verdict: FileVerdict, { release }: RunReport): Statement | undefined {
  const { project, platform, name: file, explanation } = verdict;
  const { published, built } = hashesOf(verdict);
  if (published === undefined || built === undefined) return undefined;
  return equivalenceStatement({
    ...{ release: release.name, lock: release.lock, project, platform, file, published, built },
    verdict: verdict.verdict,
    normalizers: [],
    // What is only guessed is not said.
    ...(explanation?.confidence === 'confirmed' ? { cause: explanation.cause } : {}),
  });
}

/** What is to be said of an image that was made: of each program in it, and the worst of that. */
export function imageEquivalence(image: ImageReport, { release, verdicts }: RunReport): Statement {
  const files = image.programs.map(({ project, platform, file, compiled }) => {
    const found = verdicts.find(
      (each) => each.project === project && each.platform === platform && each.name === file,
    );
    const program = { project, platform, file };
    if (found !== undefined && compiled === undefined)
      return { ...program, verdict: found.verdict, ...hashesOf(found) };
    const built = compiled?.sha256 && { sha256: compiled.sha256 };
    return { ...program, verdict: 'no-expectation' as const, ...defined({ built }) };
  });
  return imageEquivalenceStatement(
    {
      ...{ release: release.name, lock: release.lock, project: image.project },
      ...{ image: image.image, tag: image.tag, files, normalizers: [] },
      verdict: worstOf(files.map(({ verdict }) => verdict)),
    },
    imageSubjects(image),
  );
}

function hashesOf({ expected, found, authority, where }: FileVerdict) {
  return defined({
    published: expected && { sha256: expected, authority, ...defined({ where }) },
    built: found && { sha256: found },
  });
}
