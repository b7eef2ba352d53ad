import { byCodeUnit } from '../../core/canonical-json.ts';
import { countOf } from '../../core/numbers.ts';
import type { FileVerdict } from '../../verdict/verify/verdict.ts';
import { formatAbout, formatSeconds } from '../duration.ts';

/** A distinct build, as far as a report has to know it. */
export interface AuditedBuild {
  readonly project: string;
  readonly version: string;
  readonly releases: number;
  /** Published files that it decides. */
  readonly files: number;
}

/** What a build came to. */
interface AuditedEnd {
  readonly verdicts: readonly FileVerdict[];
  readonly seconds: number;
  readonly isCached: boolean;
}

/** How far an audit is. */
export interface AuditProgress {
  begun(build: AuditedBuild): void;
  /** Gives the line that tells of it. */
  decided(build: AuditedBuild, end: AuditedEnd): string;
  /** Of the whole, without an end of line: while it goes on. */
  line(): string;
  /** At its end. */
  closing(): string;
}

/** @param all what is to be built. @param seconds since it began. */
export function newAuditProgress(all: readonly AuditedBuild[], seconds: () => number): AuditProgress {
  const left = new Set(all);
  const filesOf = (builds: Iterable<AuditedBuild>) => [...builds].reduce((sum, { files }) => sum + files, 0);
  const atWork = new Set<AuditedBuild>();
  const untold = new Set<AuditedBuild>();
  const pace = newPace();
  const verdicts = new Map<string, number>();
  const failures = new Map<string, number>();
  let files = 0;
  let decided = 0;
  let isCachedAlone = 0;
  const secondsLeft = () =>
    pace.secondsFor(
      [...left].map(({ project }) => project),
      seconds(),
    );
  const leftText = () =>
    left.size === 0 || !pace.isKnown() ? '' : `, about ${formatAbout(secondsLeft())} left`;
  return {
    begun: (build) => void atWork.add(build),
    decided(build, end) {
      left.delete(build);
      atWork.delete(build);
      decided += 1;
      if (end.isCached) isCachedAlone += 1;
      else pace.learn(build.project, end.seconds);
      const own = countsOf(end.verdicts);
      if (own.has('infra-failed')) untold.add(build);
      for (const [verdict, count] of own) add(verdicts, verdict, count);
      files += end.verdicts.filter(({ verdict }) => verdict !== 'infra-failed').length;
      for (const cause of new Set(end.verdicts.flatMap(({ failure }) => failure?.reason ?? [])))
        add(failures, cause, 1);
      const where = build.releases === 1 ? '' : ` of ${countOf(build.releases, 'release')}`;
      const took = end.isCached ? 'cached' : formatSeconds(end.seconds);
      return `${decided} of ${all.length}  ${build.project} ${build.version}${where}: ${wordsOf(own)}  ${took}\n`;
    },
    line() {
      const failed = failures.size === 0 ? '' : `; failed: ${wordsOf(failures)}`;
      const names = [...atWork].map(({ project, version }) => `${project} ${version}`);
      const now = names.length === 0 ? '' : `; at work: ${names.join(', ')}`;
      return `${decided} of ${countOf(all.length, 'distinct build')}, ${countOf(files, 'file')} decided${leftText()}${failed}${now}`;
    },
    closing() {
      const cached = isCachedAlone === 0 ? '' : ` (${isCachedAlone} cached)`;
      const lines = [
        `Decided in ${formatSeconds(seconds())}: ${countOf(files, 'file')} by ${countOf(decided, 'distinct build')}${cached}`,
        ...[...sorted(verdicts)].map(([verdict, count]) => `  ${verdict}: ${countOf(count, 'file')}`),
        ...(failures.size === 0 ? [] : [`Failed builds: ${wordsOf(failures)}`]),
        ...(untold.size === 0
          ? []
          : [
              `To be tried again: ${countOf(untold.size, 'distinct build')}, ${countOf(filesOf(untold), 'file')}.`,
            ]),
        left.size === 0
          ? `Nothing ${untold.size === 0 ? '' : 'else '}is left.`
          : `Left: ${countOf(left.size, 'distinct build')}, ${countOf(filesOf(left), 'file')}${leftText().replace(/ left$/, '')}.`,
      ];
      return `${lines.join('\n')}\n`;
    },
  };
}

function countsOf(verdicts: readonly FileVerdict[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { verdict } of verdicts) add(counts, verdict, 1);
  return counts;
}

function add(counts: Map<string, number>, name: string, count: number): void {
  counts.set(name, (counts.get(name) ?? 0) + count);
}

function sorted(counts: ReadonlyMap<string, number>): readonly (readonly [string, number])[] {
  return [...counts].sort(([a, most], [b, more]) => more - most || byCodeUnit(a, b));
}

function wordsOf(counts: ReadonlyMap<string, number>): string {
  return sorted(counts)
    .map(([name, count]) => `${count} ${name}`)
    .join(', ');
}

/**
 * How long what is left will take: each build as long as those of its project did, or else as all did, and as many at once as there were so
 * far. What came from the store says nothing of that.
 */
function newPace() {
  const taken = new Map<string, { seconds: number; count: number }>();
  const all = { seconds: 0, count: 0 };
  const mean = ({ seconds, count }: { readonly seconds: number; readonly count: number }) => seconds / count;
  return {
    isKnown: () => all.count > 0,
    learn(project: string, seconds: number): void {
      const own = taken.get(project) ?? { seconds: 0, count: 0 };
      taken.set(project, own);
      for (const sum of [own, all]) {
        sum.seconds += seconds;
        sum.count += 1;
      }
    },
    secondsFor(projects: readonly string[], elapsed: number): number {
      const atOnce = Math.max(1, all.seconds / Math.max(elapsed, 0.001));
      return projects.reduce((sum, project) => sum + mean(taken.get(project) ?? all), 0) / atOnce;
    },
  };
}
