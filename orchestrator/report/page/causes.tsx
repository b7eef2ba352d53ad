import type { JSX } from 'preact';
import { countOf } from '../../core/numbers.ts';
import { goNotes } from '../go-text.ts';
import { Lines, Listed, MaybeLink, type Mood } from '../html/parts.tsx';
import type { ReportJson } from '../report-json.ts';
import { type Section, sectionTitles } from '../sections.ts';
import type { Anchors } from './anchors.ts';
import type { Cause } from './failure-causes.ts';
import { platformIn, type SharedNote } from './notes.ts';

/** What is not as published, and why, each cause once with the files that it speaks for; and what is to be known besides. */
export function CausesSection({
  report,
  anchors,
}: {
  readonly report: ReportJson;
  readonly anchors: Anchors;
}): JSX.Element | null {
  const { causes, causesLeft } = anchors;
  const gos = goNotes(report.projects);
  const hasNotes = gos.length + anchors.notes.length > 0;
  if (causes.length === 0 && !hasNotes) return null;
  return (
    <section aria-labelledby="causes">
      <h2 id="causes">What to know</h2>
      {causes.map(({ anchor, cause }) => (
        <CauseArticle key={anchor} cause={cause} anchors={anchors} />
      ))}
      {causesLeft > 0 && <p>{countOf(causesLeft, 'more cause')} told with the files below.</p>}
      {hasNotes && (
        <article class="cause quiet">
          <h3>How files were made</h3>
          <ul>
            {gos.map((note) => (
              <li key={note}>{note}</li>
            ))}
            {anchors.notes.map((note) => (
              <NoteItem key={note.anchor} note={note} anchors={anchors} />
            ))}
          </ul>
        </article>
      )}
    </section>
  );
}

/** A note, with what it speaks of: tasks by their platforms, where they have any. */
function NoteItem({
  note: { anchor, projects, text, nodes },
  anchors,
}: {
  readonly note: SharedNote;
  readonly anchors: Anchors;
}): JSX.Element {
  const [first] = nodes;
  const links = nodes.flatMap((node) => {
    const platform = platformIn(node);
    return platform === undefined ? [] : [<a href={`#${anchors.node(node.id)}`}>{platform}</a>];
  });
  const alone = links.length > 0 || first === undefined ? undefined : `#${anchors.node(first.id)}`;
  return (
    <li id={anchor}>
      <MaybeLink to={alone}>{projects}</MaybeLink>
      {links.length > 0 && (
        <>
          {' '}
          (<Listed items={links} />)
        </>
      )}
      : {text}
    </li>
  );
}

const quiet: readonly Section[] = ['not-built', 'no-expectation'];
const notOurs: readonly Section[] = [
  'source-unavailable',
  'toolchain-unavailable',
  'stale-expectation',
  'stopped',
];

function moodOfSection(section: Section): Mood {
  if (quiet.includes(section)) return 'quiet';
  return notOurs.includes(section) ? 'warn' : 'bad';
}

function CauseArticle({
  cause: { section, files },
  anchors,
}: {
  readonly cause: Cause;
  readonly anchors: Anchors;
}): JSX.Element | null {
  const [first] = files;
  if (first === undefined) return null;
  const { failure, failedNode, why, explanation } = first.file;
  const place = failedNode === undefined ? undefined : anchors.node(failedNode);
  return (
    <article class={`cause ${moodOfSection(section)}`} id={anchors.cause(first.file)?.anchor}>
      <h3>
        {sectionTitles[section]}: {countOf(files.length, 'file')}
      </h3>
      {failure === undefined && <p>{explanation?.cause ?? why}</p>}
      {failure !== undefined && failedNode !== undefined && section !== 'stopped' && (
        <p>
          <MaybeLink to={place === undefined ? undefined : `#${place}`}>{failedNode}</MaybeLink>
        </p>
      )}
      {failure !== undefined && <Lines text={failure.description} />}
      <FileLinks files={files} anchors={anchors} />
    </article>
  );
}

/** A line a project, and within it the files by platform. */
function FileLinks({
  files,
  anchors,
}: {
  readonly files: Cause['files'];
  readonly anchors: Anchors;
}): JSX.Element {
  const groups = new Map<string, Cause['files'][number][]>();
  for (const each of files) {
    const key = `${each.project.name}, ${each.file.platform}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return (
    <ul>
      {[...groups].map(([place, group]) => (
        <li key={place}>
          {place}:{' '}
          <Listed items={group.map(({ file }) => <a href={`#${anchors.file(file)}`}>{file.name}</a>)} />
        </li>
      ))}
    </ul>
  );
}
