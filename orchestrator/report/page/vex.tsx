import type { JSX } from 'preact';
import { fileLink, Listed, type Mood } from '../html/parts.tsx';
import type { ReportJson } from '../report-json.ts';
import type { Anchors } from './anchors.ts';
import type { ShownVex, VexCounts } from './bounded-beside.ts';

type Claim = ShownVex['claims']['shown'][number];

const states: Readonly<Record<Claim['status'], { readonly word: string; readonly mood: Mood }>> = {
  affected: { word: 'affected', mood: 'bad' },
  under_investigation: { word: 'not known', mood: 'quiet' },
  fixed: { word: 'fixed', mood: 'good' },
  not_affected: { word: 'not affected', mood: 'good' },
};

/** What is said of known vulnerabilities in what the run made, by each document. */
export function VexSection({
  report,
  anchors,
}: {
  readonly report: ReportJson;
  readonly anchors: Anchors;
}): JSX.Element | null {
  const { vex } = anchors;
  if (vex.length === 0) return null;
  const names = namesOf(report, anchors);
  return (
    <section aria-labelledby="vex">
      <h2 id="vex">What is said of vulnerabilities</h2>
      {vex.map((each) => (
        <DocumentDetails key={each.path} document={each} names={names} />
      ))}
    </section>
  );
}

function DocumentDetails({
  document: { path, claims, counts },
  names,
}: {
  readonly document: ShownVex;
  readonly names: ReadonlyMap<string, JSX.Element>;
}): JSX.Element {
  const left = claims.count - claims.shown.length;
  return (
    <details open={counts.has('affected')}>
      <summary>
        {countsText(counts)}, by <a href={fileLink(path)}>{path}</a>
      </summary>
      <table class="vex">
        <thead>
          <tr>
            {['Vulnerability', 'State', 'In', 'Of', 'Why'].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {claims.shown.map((claim, at) => (
            <ClaimRow key={at} claim={claim} names={names} />
          ))}
          {left > 0 && (
            <tr>
              <td colSpan={5}>and {left} more in that document</td>
            </tr>
          )}
        </tbody>
      </table>
    </details>
  );
}

/** Components, and files and images, that a row names. */
const mostNamed = 5;

function ClaimRow({
  claim: { vulnerability, aliases, status, justification, why, components, subjects },
  names,
}: {
  readonly claim: Claim;
  readonly names: ReadonlyMap<string, JSX.Element>;
}): JSX.Element {
  const { word, mood } = states[status];
  return (
    <tr>
      <th scope="row">
        {vulnerability}
        {aliases.length > 0 && <span class="dim"> {aliases.slice(0, mostNamed).join(', ')}</span>}
      </th>
      <td class={mood}>{word}</td>
      <td>{some(components)}</td>
      <td>{some(subjects.map((subject) => names.get(subject) ?? subject))}</td>
      <td>
        {justification !== undefined && `${justification.replaceAll('_', ' ')}. `}
        {why.join(' ')}
      </td>
    </tr>
  );
}

function some(items: readonly (JSX.Element | string)[]): JSX.Element {
  const left = items.length - mostNamed;
  return <Listed items={[...items.slice(0, mostNamed), ...(left > 0 ? [`and ${left} more`] : [])]} />;
}

/** `1 affected, 2 not affected` */
function countsText(counts: VexCounts): string {
  return [...counts].map(([status, count]) => `${count} ${states[status].word}`).join(', ');
}

/** What digests stand for. */
function namesOf({ projects, images = [] }: ReportJson, anchors: Anchors): ReadonlyMap<string, JSX.Element> {
  const files = projects.flatMap((project) =>
    project.files.flatMap((file) => {
      const named = (
        <a href={`#${anchors.file(file)}`}>
          {file.name} {file.platform}
        </a>
      );
      return [file.expected, file.found].flatMap((digest) =>
        digest === undefined ? [] : [[digest, named] as const],
      );
    }),
  );
  const made = images.flatMap(({ image, digest, platforms }) => [
    ...(digest === undefined ? [] : [[digest, image] as const]),
    ...platforms.map((each) => [each.digest, `${image} ${each.platform}`] as const),
  ]);
  const shown = made.map(([digest, name]) => [digest.replace('sha256:', ''), <>image {name}</>] as const);
  return new Map<string, JSX.Element>([...files, ...shown]);
}

/** How many vulnerabilities are said what of, in some bytes: a row of a list of facts. */
export function VexFacts({
  counts,
  of,
}: {
  readonly counts: VexCounts | undefined;
  /** Of an image: the platform. */
  readonly of?: string;
}): JSX.Element | null {
  if (counts === undefined) return null;
  return (
    <>
      <dt>Vulnerabilities{of !== undefined && `, ${of}`}</dt>
      <dd>
        <a href="#vex">{countsText(counts)}</a>
      </dd>
    </>
  );
}
