import { Fragment, type JSX } from 'preact';
import { countOf } from '../../../core/numbers.ts';
import type { Page } from '../../html/document.tsx';
import { MaybeLink } from '../../html/parts.tsx';
import { treeLink } from '../../source-link.ts';
import { countsWords, stateOf, stateOfFile } from '../counts.ts';
import { linkTo, places } from '../places.ts';
import type { FileOfRelease, ProjectOfRelease, ReleaseView } from '../view/release.ts';
import { framed, Wide } from './frame.tsx';
import { ChangeList, Overall, StateMark, Words } from './parts.tsx';

export function releasePage(view: ReleaseView): Page {
  const { name, branch, date, counts, before, after, changes, upstream, baseImages, projects } = view;
  const place = places.release(name);
  const neighbour = (words: string, to: string | undefined) =>
    to !== undefined && (
      <>
        {words} <a href={linkTo(place, places.release(to))}>{to}</a>.{' '}
      </>
    );
  return framed({
    place,
    title: name,
    above: [[branch, places.branch(branch)]],
    children: (
      <>
        <p>
          {date !== '' && `Released on ${date}. `}
          {neighbour('Before it came', before)}
          {neighbour('After it came', after)}
          {upstream === undefined ? (
            'There is no lock of it at hand: what is shown is what was recorded.'
          ) : (
            <>
              Its pins were read from{' '}
              <MaybeLink
                to={
                  upstream.commit === undefined ? undefined : treeLink(upstream.repository, upstream.commit)
                }
              >
                {upstream.repository}
              </MaybeLink>
              {upstream.commit !== undefined && (
                <>
                  {' '}
                  at <code>{upstream.commit}</code>
                </>
              )}
              .
            </>
          )}
        </p>
        <Overall counts={counts} />
        <p>
          To see for yourself: <code>eksd-rebuild import {name}</code>, then{' '}
          <code>eksd-rebuild verify {name}</code>.
        </p>
        {changes !== undefined && (
          <section aria-labelledby="changes">
            <h2 id="changes">What differs from {before}</h2>
            <ChangeList changes={changes} />
          </section>
        )}
        <section aria-labelledby="files">
          <h2 id="files">Files</h2>
          {projects.map((project) => (
            <Project key={project.name} place={place} project={project} />
          ))}
        </section>
        {baseImages.length > 0 && (
          <section aria-labelledby="bases">
            <h2 id="bases">Base images</h2>
            <ul>
              {baseImages.map(({ name, tag, digest }) => (
                <li key={`${name}:${tag}`}>
                  {name}:{tag} {digest !== undefined && <span class="hash dim">{digest}</span>}
                </li>
              ))}
            </ul>
          </section>
        )}
      </>
    ),
  });
}

interface InRelease {
  readonly place: string;
  readonly project: ProjectOfRelease;
}

function Project({ place, project }: InRelease): JSX.Element {
  const { name, version, counts, platforms, files } = project;
  return (
    <details class="project" open={stateOf(counts).mood === 'bad'}>
      <summary>
        <StateMark state={stateOf(counts)} /> <h3>{name}</h3> <span class="dim">{version}</span>{' '}
        <span class={`counts ${stateOf(counts).mood}`}>{countsWords(counts)}</span>
      </summary>
      {files.length > 0 && (
        <Wide label={`Files of ${name}`}>
          <table>
            <thead>
              <tr>
                <th scope="col">file</th>
                {platforms.map((platform) => (
                  <th key={platform} scope="col">
                    {platform}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {files.map(([file, on]) => (
                <tr key={file}>
                  <th scope="row">{file === '*' ? 'all that one task makes' : file}</th>
                  {platforms.map((platform) => (
                    <FileCell
                      key={platform}
                      place={place}
                      file={on.find((each) => each.platform === platform)}
                    />
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      )}
      <Pins place={place} project={project} />
    </details>
  );
}

/** A verdict in a word, and the beginning of the SHA-256, which leads to all of it. */
function FileCell({
  place,
  file,
}: {
  readonly place: string;
  readonly file: FileOfRelease | undefined;
}): JSX.Element {
  if (file === undefined) return <td />;
  const { expected, verdict, comparable } = file;
  const { mark, mood, words } = stateOfFile(verdict, comparable === true);
  return (
    <td class={mood}>
      {mark} {words}
      {expected !== undefined && (
        <>
          {' '}
          <a href={linkTo(place, places.digest(expected), expected)}>{expected.slice(0, 8)}</a>
        </>
      )}
    </td>
  );
}

function Pins({ place, project }: InRelease): JSX.Element {
  const { name, version, repository, commit, go, flavour, builds, patches } = project;
  return (
    <>
      <p>
        {repository !== undefined && (
          <>
            <MaybeLink to={treeLink(repository, version)}>{repository}</MaybeLink> <code>{commit}</code>,{' '}
          </>
        )}
        Go {go ?? 'not known'}
        {flavour !== undefined && ` (${flavour})`}.{' '}
        <a href={linkTo(place, places.project(name))}>All versions</a>
        {builds.map((build) => (
          <Fragment key={build}>
            , <a href={linkTo(place, places.build(build))}>build {build.slice(0, 8)}</a>
          </Fragment>
        ))}
      </p>
      {patches.length > 0 && (
        <>
          <p>{countOf(patches.length, 'patch', 'patches')}:</p>
          <ol>
            {patches.map(({ what, fixes = [] }, at) => {
              const others = fixes.filter((fix) => !what.includes(fix));
              return (
                <li key={at}>
                  <Words text={what} />
                  {others.length > 0 && <span class="dim"> ({others.join(', ')})</span>}
                </li>
              );
            })}
          </ol>
        </>
      )}
    </>
  );
}
