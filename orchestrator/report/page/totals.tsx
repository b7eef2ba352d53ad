import type { JSX } from 'preact';
import { countOf } from '../../core/numbers.ts';
import type { Platform } from '../../core/platform.ts';
import { type Totals, totalsOf } from '../../verdict/verify/summary.ts';
import { comparedText, hasFailed } from '../compared.ts';
import { goText } from '../go-text.ts';
import { Breakable, countsText, Mark, moodOf } from '../html/parts.tsx';
import type { FileJson, ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import type { Anchors } from './anchors.ts';

/** The three counts in large, a bar of their shares, and a sentence. */
export function OverallTotals({ report }: { readonly report: ReportJson }): JSX.Element {
  const { totals, projects, ...run } = report;
  const { identical, comparable, all } = totals;
  const isFailed = hasFailed({ ...run, files: projects.flatMap(({ files }) => files) });
  const missing = comparable - identical;
  const shares = [
    ['good', identical],
    ['bad', missing],
    ['quiet', all - comparable],
  ] as const;
  return (
    <div class="overall">
      <p class="counts">
        <strong class={missing === 0 && isFailed ? 'warn' : moodOf(totals)}>{countsText(totals)}</strong>{' '}
        identical / comparable / all
      </p>
      <div
        class="bar"
        role="img"
        aria-label={`${identical} identical, ${missing} comparable but not identical, ${all - comparable} not comparable`}
      >
        {shares.map(
          ([mood, count]) => count > 0 && <span key={mood} class={mood} style={`flex-grow:${count}`} />,
        )}
      </div>
      <p>
        {comparedText(totals, isFailed)}{' '}
        {all > comparable && `${countOf(all - comparable, 'file')} could not be compared.`}
      </p>
    </div>
  );
}

/** A line a project. */
export function ProjectTotals({
  report: { projects, totals },
  anchors,
}: {
  readonly report: ReportJson;
  readonly anchors: Anchors;
}): JSX.Element {
  return (
    <table>
      <caption>By project</caption>
      <thead>
        <tr>
          <th scope="col">project</th>
          <th scope="col" class="wide">
            version
          </th>
          <th scope="col" class="wide">
            Go
          </th>
          <CountHeads />
        </tr>
      </thead>
      <tbody>
        {projects.map((project) => (
          <ProjectRow key={project.name} project={project} anchor={anchors.project(project)} />
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">{countOf(projects.length, 'project')}</th>
          <td class="wide" />
          <td class="wide" />
          <CountCells totals={totals} />
        </tr>
      </tfoot>
    </table>
  );
}

function ProjectRow({
  project: { name, tag, go, totals },
  anchor,
}: {
  readonly project: ProjectJson;
  readonly anchor: string;
}): JSX.Element {
  return (
    <tr>
      <th scope="row">
        <Mark mood={moodOf(totals)} />{' '}
        <a href={`#${anchor}`}>
          <Breakable path={name} />
        </a>
      </th>
      <td class="wide">{tag}</td>
      <td class="wide">{goText(go)}</td>
      <CountCells totals={totals} />
    </tr>
  );
}

/** A line a platform. */
export function PlatformTotals({ projects }: Pick<ReportJson, 'projects'>): JSX.Element {
  const byPlatform = new Map<Platform, FileJson[]>();
  for (const file of projects.flatMap(({ files }) => files)) {
    byPlatform.set(file.platform, [...(byPlatform.get(file.platform) ?? []), file]);
  }
  const rows = [...byPlatform].sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <table>
      <caption>By platform</caption>
      <thead>
        <tr>
          <th scope="col">platform</th>
          <CountHeads />
        </tr>
      </thead>
      <tbody>
        {rows.map(([platform, files]) => (
          <tr key={platform}>
            <th scope="row">
              <Mark mood={moodOf(totalsOf(files))} /> {platform}
            </th>
            <CountCells totals={totalsOf(files)} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Where there is no room for three columns, one stands for them. */
function CountHeads(): JSX.Element {
  return (
    <>
      <th scope="col" class="count wide">
        identical
      </th>
      <th scope="col" class="count wide">
        comparable
      </th>
      <th scope="col" class="count wide">
        all
      </th>
      <th scope="col" class="count narrow">
        identical / comparable / all
      </th>
    </>
  );
}

function CountCells({ totals }: { readonly totals: Totals }): JSX.Element {
  const mood = moodOf(totals);
  return (
    <>
      <td class={`count wide ${mood}`}>{totals.identical}</td>
      <td class="count wide">{totals.comparable}</td>
      <td class="count wide">{totals.all}</td>
      <td class={`count narrow ${mood}`}>{countsText(totals)}</td>
    </>
  );
}
