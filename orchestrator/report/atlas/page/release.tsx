import { Fragment, type JSX } from 'preact';
import { countOf } from '../../../core/numbers.ts';
import type { Page } from '../../html/document.tsx';
import { Lines, MaybeLink } from '../../html/parts.tsx';
import { treeLink } from '../../source-link.ts';
import { countsWords, stateOf } from '../counts.ts';
import { linkTo, places } from '../places.ts';
import type { ProjectOfRelease, ReleaseView } from '../view/release.ts';
import { FileLegend, FileTable } from './files.tsx';
import { framed } from './frame.tsx';
import { ChangeList, Overall, Patches, StateMark } from './parts.tsx';

export function releasePage(view: ReleaseView): Page {
  const {
    name,
    branch,
    date,
    counts,
    before,
    after,
    changes,
    upstream,
    baseImages,
    projects,
    troubles = [],
  } = view;
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
    above: [[`Branch ${branch}`, places.branch(branch)]],
    scripted: true,
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
        {troubles.map((trouble) => (
          <p key={trouble} class="warn">
            {trouble}
          </p>
        ))}
        <Overall counts={counts} />
        <p>To see for yourself:</p>
        <Lines text={`eksd-rebuild import ${name}\neksd-rebuild verify ${name}`} copies />
        {before !== undefined && (
          <section aria-labelledby="changes">
            <h2 id="changes">What differs from {before}</h2>
            <ChangeList changes={changes} />
            <p class="dim">
              All of it: <code>{`eksd-rebuild diff ${before} ${name}`}</code>
            </p>
          </section>
        )}
        <section aria-labelledby="files">
          <h2 id="files">Files</h2>
          <FileLegend counts={counts} isShort />
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
  const { name, version, counts, files } = project;
  return (
    <details class="project" open={stateOf(counts).mood === 'bad'}>
      <summary>
        <StateMark state={stateOf(counts)} /> <h3>{name}</h3> <span class="dim">{version}</span>{' '}
        <span class={`counts ${stateOf(counts).mood}`}>{countsWords(counts)}</span>
      </summary>
      {files.length > 0 && (
        <FileTable
          from={place}
          label={`Files of ${name}`}
          isShort
          files={files.flatMap(([file, on]) => on.map((each) => ({ name: file, ...each })))}
        />
      )}
      <Pins place={place} project={project} />
    </details>
  );
}

function Pins({ place, project }: InRelease): JSX.Element {
  const { name, version, repository, commit, go, flavour, builds, patches } = project;
  return (
    <>
      <p>
        {repository !== undefined && (
          <>
            <MaybeLink to={treeLink(repository, version)}>Source</MaybeLink> <code>{commit}</code>,{' '}
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
      {builds.length === 0 ? (
        <Patches patches={patches} />
      ) : (
        patches.length > 0 && <p>{countOf(patches.length, 'patch', 'patches')}: see its build.</p>
      )}
    </>
  );
}
