import type { JSX } from 'preact';
import { countOf } from '../../core/numbers.ts';
import { formatSeconds } from '../duration.ts';
import { ownerOf, shared } from '../owner.ts';
import type { NodeJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { decidingTasks, type TimedTask, timedTasks } from '../timing.ts';
import type { Anchors } from './anchors.ts';
import { endWords, type Piece, Span } from './span.tsx';
import { NodeLink } from './tasks.tsx';

interface Shown {
  readonly report: ReportJson;
  readonly anchors: Anchors;
}

/** Rows that a table has: of more, those that took longest. */
const mostRows = 40;

/** What was done, what was in the store, and what the end of the run waited for: a table whose rows have a picture each. */
export function RunSection({ report, anchors }: Shown): JSX.Element | null {
  const { nodes, seconds, criticalPath } = report;
  if (nodes.length === 0) return null;
  const tasks = timedTasks(nodes);
  const way = decidingTasks(tasks);
  const tries = triesIn(report);
  return (
    <section aria-labelledby="run">
      <h2 id="run">How the run went</h2>
      <p>{countsText(nodes)}</p>
      <p>
        {tasks.size === 0 ? idleText(nodes, tries) : timeText([...tasks.values()], seconds)}
        {tries > 0 && ` To find causes, ${countOf(tries, 'other way')} to build were tried.`}
      </p>
      {way.length > 0 && (
        <TaskTable
          caption="What its end waited for, one after another"
          tasks={longest(way)}
          seconds={seconds}
          anchors={anchors}
          left={way.length - mostRows}
        />
      )}
      {tasks.size > way.length &&
        (tasks.size <= mostRows ? (
          <TaskTable
            caption="All that was done"
            tasks={[...tasks.values()].sort((a, b) => a.began - b.began)}
            marked={new Set(way.map(({ node }) => node.id))}
            seconds={seconds}
            anchors={anchors}
          />
        ) : (
          <OwnerTable nodes={nodes} tasks={tasks} seconds={seconds} />
        ))}
      {criticalPath !== undefined && <CriticalPath path={criticalPath} nodes={nodes} anchors={anchors} />}
    </section>
  );
}

/** `34 tasks: 9 done, 25 from the store.` */
function countsText(nodes: readonly NodeJson[]): string {
  const counts = new Map<NodeJson['status'], number>();
  for (const { status } of nodes) counts.set(status, (counts.get(status) ?? 0) + 1);
  const ends = ['ran', 'cached', 'failed', 'skipped', 'aborted'] as const;
  const told = ends.flatMap((end) => (counts.has(end) ? [`${counts.get(end)} ${endWords[end]}`] : []));
  return `${countOf(nodes.length, 'task')}: ${told.join(', ')}.`;
}

/** Builds by which causes were looked for: they are no tasks of the graph. Files that one build makes share them. */
function triesIn({ projects }: ReportJson): number {
  const lists = projects.flatMap(({ name, files }) =>
    files.map(({ platform, explanation }) =>
      (explanation?.tried ?? []).map((each) => JSON.stringify([name, platform, each])),
    ),
  );
  return new Set(lists.flat()).size;
}

function idleText(nodes: readonly NodeJson[], tries: number): string {
  const took = nodes.reduce((sum, { secondsWhenRun = 0 }) => sum + secondsWhenRun, 0);
  if (nodes.every(({ status }) => status === 'cached'))
    return `${tries === 0 ? 'Nothing was done: all of it' : 'All that was to be compared'} was in the store. It had taken ${formatSeconds(took)} of work.`;
  return 'No task was worked on.';
}

function timeText(tasks: readonly TimedTask[], seconds: number): string {
  const first = tasks.reduce((least, { began }) => Math.min(least, began), Number.POSITIVE_INFINITY);
  const last = tasks.reduce((most, { ended }) => Math.max(most, ended), 0);
  const work = tasks.reduce((sum, { began, ended }) => sum + ended - began, 0);
  return `It took ${formatSeconds(seconds)}: ${formatSeconds(first)} before the first of them was begun, ${formatSeconds(last - first)} until the last had ended (${formatSeconds(work)} of work, some of it side by side), and ${formatSeconds(Math.max(0, seconds - last))} to compare and to tell.`;
}

/** In their order; of many, those that took longest. */
function longest(tasks: readonly TimedTask<NodeJson>[]): readonly TimedTask<NodeJson>[] {
  const took = ({ began, ended, waited }: TimedTask) => ended - began + waited;
  const kept = new Set([...tasks].sort((a, b) => took(b) - took(a)).slice(0, mostRows));
  return tasks.filter((task) => kept.has(task));
}

interface Tasks {
  readonly caption: string;
  readonly tasks: readonly TimedTask<NodeJson>[];
  readonly seconds: number;
  readonly anchors: Anchors;
  /** Those on which the end depended, where they stand among others. */
  readonly marked?: ReadonlySet<string>;
  /** How many are not shown. */
  readonly left?: number;
}

function TaskTable({ caption, tasks, seconds, anchors, marked, left = 0 }: Tasks): JSX.Element {
  return (
    <table class="times">
      <caption>{caption}</caption>
      <Heads what="task" seconds={seconds} numbers={['begun at', 'waited', 'took']} end />
      <tbody>
        {tasks.map(({ node, began, ended, waited }) => {
          const pieces: readonly Piece[] = [
            ...(waited >= leastWait ? [{ from: began - waited, to: began, how: 'waits' } as const] : []),
            { from: began, to: ended, how: node.status === 'failed' ? 'failed' : 'works' },
          ];
          const numbers = [
            formatSeconds(began),
            waited < leastWait ? '' : formatSeconds(waited),
            formatSeconds(ended - began),
          ] as const;
          return (
            <tr key={node.id}>
              <th scope="row">
                <NodeLink id={node.id} anchors={anchors} />
                {marked?.has(node.id) === true && <span class="dim"> (the end waited for it)</span>}
              </th>
              <td class="picture">
                <Span pieces={pieces} seconds={seconds} />
              </td>
              <td class={node.status === 'failed' ? 'bad' : ''}>{endWords[node.status]}</td>
              {numbers.map((text, at) => (
                <td key={at} class="count wide">
                  {text}
                </td>
              ))}
              <td class="narrow">{`from ${numbers[0]}, took ${numbers[2]}${numbers[1] && `, had waited ${numbers[1]}`}`}</td>
            </tr>
          );
        })}
        {left > 0 && (
          <tr>
            <td colSpan={7}>and {countOf(left, 'shorter one')}</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

/** Seconds below which nobody waited. */
const leastWait = 0.05;

function Heads({
  what,
  seconds,
  numbers,
  end = false,
}: {
  readonly what: string;
  readonly seconds: number;
  readonly numbers: readonly string[];
  readonly end?: boolean;
}): JSX.Element {
  return (
    <thead>
      <tr>
        <th scope="col">{what}</th>
        <th scope="col" class="picture">
          from 0 to {formatSeconds(seconds)}
        </th>
        {end && <th scope="col">end</th>}
        {numbers.map((number) => (
          <th key={number} scope="col" class="count wide">
            {number}
          </th>
        ))}
        <th scope="col" class="narrow">
          {numbers.join(', ')}
        </th>
      </tr>
    </thead>
  );
}

/** The same of many tasks: a row a project. */
function OwnerTable({
  nodes,
  tasks,
  seconds,
}: {
  readonly nodes: readonly NodeJson[];
  readonly tasks: ReadonlyMap<string, TimedTask<NodeJson>>;
  readonly seconds: number;
}): JSX.Element {
  const owners = new Map<string, NodeJson[]>();
  for (const node of nodes) {
    const own = owners.get(ownerOf(node));
    if (own === undefined) owners.set(ownerOf(node), [node]);
    else own.push(node);
  }
  const rows = [...owners]
    .map(([name, own]) => {
      const timed = own.flatMap(({ id }) => tasks.get(id) ?? []);
      const work = timed.reduce((sum, { began, ended }) => sum + ended - began, 0);
      return { name: name === shared ? 'shared by projects' : name, own, timed, work };
    })
    .sort((a, b) => b.work - a.work);
  const left = rows.length - mostRows;
  return (
    <table class="times">
      <caption>All tasks, by project</caption>
      <Heads what="project" seconds={seconds} numbers={['worked on', 'from the store', 'work']} />
      <tbody>
        {rows.slice(0, mostRows).map(({ name, own, timed, work }) => {
          const numbers = [
            String(timed.length),
            String(own.filter(({ status }) => status === 'cached').length),
            formatSeconds(work),
          ];
          return (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="picture">
                <Span
                  pieces={timed.map(({ began, ended, node }) => {
                    return { from: began, to: ended, how: node.status === 'failed' ? 'failed' : 'works' };
                  })}
                  seconds={seconds}
                />
              </td>
              {numbers.map((text, at) => (
                <td key={at} class="count wide">
                  {text}
                </td>
              ))}
              <td class="narrow">{numbers.join(', ')}</td>
            </tr>
          );
        })}
        {left > 0 && (
          <tr>
            <td colSpan={6}>and {countOf(left, 'project')} with less</td>
          </tr>
        )}
      </tbody>
    </table>
  );
}

function CriticalPath({
  path,
  nodes,
  anchors,
}: {
  readonly path: NonNullable<ReportJson['criticalPath']>;
  readonly nodes: readonly NodeJson[];
  readonly anchors: Anchors;
}): JSX.Element {
  const took = new Map(nodes.map(({ id, secondsWhenRun = 0 }) => [id, secondsWhenRun]));
  return (
    <details>
      <summary>
        From nothing, and however many work on it, it takes {formatSeconds(path.seconds)}: the longest way
        through the tasks
      </summary>
      <ol>
        {path.nodes.slice(0, mostRows).map((id) => (
          <li key={id}>
            <NodeLink id={id} anchors={anchors} /> <span class="dim">{formatSeconds(took.get(id) ?? 0)}</span>
          </li>
        ))}
      </ol>
      {path.nodes.length > mostRows && <p>and {countOf(path.nodes.length - mostRows, 'task')} more</p>}
    </details>
  );
}
