import { join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ImageProgram } from '../../plan/image-nodes.ts';
import type { MadeFile } from '../../publish/site-content.ts';
import type { ImageReport } from '../../report/image-report.ts';
import { type FileVerdict, type VerdictName, verdictNames } from '../../verdict/verify/verdict.ts';
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
  const { prepared, report, store } = rebuilt;
  const trees = new Map<string, NonNullable<(typeof report.nodes)[number]['tree']>>();
  for (const { id, tree } of report.nodes) if (tree !== undefined) trees.set(id, tree);
  const judged: JudgedFile[] = [];
  for (const planned of prepared.plan.files) {
    const { node, file, path, hasSums, asset, programs } = planned;
    const tree = trees.get(node);
    if (tree === undefined) throw new Error(`${path} was not made, which was looked at before`);
    const entries = await store.entries(tree);
    if (!entries.ok) return entries;
    const entry = entries.value.find((each) => each.path === file);
    if (entry?.type !== 'file') {
      return err({ reason: 'missing-output', file: path, detail: `${node} has made no file ${file}` });
    }
    judged.push({
      ...{ path, hasSums, sha256: entry.sha256, isExecutable: entry.executable },
      source: join(store.treePath(tree), file),
      ...(asset === undefined ? {} : { asset }),
      ...judgement(verdictsOf(programs, report)),
    });
  }
  return ok(judged);
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
