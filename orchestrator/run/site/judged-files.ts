import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import type { ImageProgram } from '../../plan/image-nodes.ts';
import type { MadeFile } from '../../publish/site-content.ts';
import type { ImageReport } from '../../report/image-report.ts';
import { type FileVerdict, type VerdictName, verdictNames } from '../../verdict/verify/verdict.ts';
import { siteFiles } from '../deliver/site-files.ts';
import type { Rebuilt } from '../rebuild.ts';

/** A file of the site, and what is said of the programs in it. */
export interface JudgedFile extends MadeFile {
  /** The worst of what is said of them; absent: it holds none that anything could be said of. */
  readonly verdict?: VerdictName;
  /** Those that are not what was published. */
  readonly unverified: readonly UnverifiedFile[];
}

export interface UnverifiedFile {
  /** `etcd for linux/amd64` */
  readonly file: string;
  readonly verdict: VerdictName;
}

/** Finds what was made of each file of the release, and judges it by the programs in it. Errors: those of the store. */
export async function judgeFiles(
  rebuilt: Pick<Rebuilt, 'prepared' | 'report' | 'store'>,
): Promise<Result<readonly JudgedFile[], Failure>> {
  const made = await siteFiles(rebuilt);
  if (!made.ok) return made;
  const [lost] = rebuilt.prepared.plan.files.filter((each) =>
    made.value.every(({ planned }) => planned !== each),
  );
  if (lost !== undefined) throw new Error(`${lost.path} was not made, which was looked at before`);
  return ok(
    made.value.map(({ planned: { path, hasSums, asset, programs }, ...file }) => ({
      ...{ path, hasSums, ...file },
      ...(asset === undefined ? {} : { asset }),
      ...judgement(verdictsOf(programs, rebuilt.report)),
    })),
  );
}

/** What is said of a program: nothing was ever published of what was compiled in C. */
function verdictsOf(programs: readonly ImageProgram[], { verdicts }: Rebuilt['report']): readonly Said[] {
  return programs.flatMap(({ build, file, compiler }): readonly Said[] => {
    if (compiler !== undefined) return [];
    const found = verdicts.find(({ node, name }) => node === build && name === file);
    return [found ?? { name: file, verdict: 'no-expectation' }];
  });
}

/** Judges an image likewise. */
export function judgeImage(
  { programs }: ImageReport,
  { verdicts }: Rebuilt['report'],
): ReturnType<typeof judgement> {
  const said = programs.flatMap(({ project, platform, file, compiled }): readonly Said[] => {
    if (compiled !== undefined) return [];
    const found = verdicts.find(
      (each) => each.project === project && each.platform === platform && each.name === file,
    );
    return [found ?? { name: file, platform, verdict: 'no-expectation' }];
  });
  return judgement(said);
}

/** The part of a verdict that counts here. */
type Said = Pick<FileVerdict, 'name' | 'verdict'> & Partial<Pick<FileVerdict, 'platform'>>;

/** What is said of several programs at once. */
function judgement(verdicts: readonly Said[]): Pick<JudgedFile, 'verdict' | 'unverified'> {
  const unverified = verdicts
    .filter(({ verdict }) => verdict !== 'identical' && verdict !== 'equivalent')
    .map(({ name, platform, verdict }) => {
      return { file: platform === undefined ? name : `${name} for ${platform}`, verdict };
    });
  const worst = Math.max(...verdicts.map(({ verdict }) => verdictNames.indexOf(verdict)));
  const verdict = verdictNames[worst];
  return { unverified, ...(verdict === undefined ? {} : { verdict }) };
}
