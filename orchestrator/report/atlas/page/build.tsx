import type { JSX } from 'preact';
import { countOf } from '../../../core/numbers.ts';
import type { Page } from '../../html/document.tsx';
import { Hash, Lines, MaybeLink } from '../../html/parts.tsx';
import { treeLink } from '../../source-link.ts';
import { fileTo, linkTo, places } from '../places.ts';
import type { BuildSteps, BuildView } from '../view/build.ts';
import { FileLegend, FileTable } from './files.tsx';
import { framed } from './frame.tsx';
import { Overall, Patches, Releases, Words } from './parts.tsx';

export function buildPage(view: BuildView): Page {
  const { digest, project, version, releases, counts, files, causes, steps, by } = view;
  const place = places.build(digest);
  return framed({
    place,
    title: `${project} ${version}: a build`,
    above: [[project, places.project(project)]],
    scripted: true,
    children: (
      <>
        <Overall counts={counts} />
        <dl>
          <dt>Build</dt>
          <dd>
            <Hash sum={digest} /> <span class="dim">stands for all that it depends on</span>
          </dd>
          <Source view={view} />
          <dt>Who has it</dt>
          <dd>
            {countOf(releases.length, 'release')}: <Releases from={place} names={releases} />
          </dd>
          <dt>Said by</dt>
          <dd>{by.join(', ')}</dd>
        </dl>
        <section aria-labelledby="files">
          <h2 id="files">Files</h2>
          <FileLegend counts={counts} />
          <FileTable from={place} label="Files of the build" files={files} />
        </section>
        {causes.length > 0 && (
          <section aria-labelledby="why">
            <h2 id="why">Why</h2>
            {causes.map(({ verdict, kind, text, confidence }) => (
              <div key={verdict + kind + text} class="change">
                <a href={linkTo(place, places.cause(verdict, kind))}>
                  {verdict}, {kind}
                </a>
                {confidence !== undefined && <span class="dim"> ({confidence})</span>}: <Words text={text} />
              </div>
            ))}
          </section>
        )}
        <section aria-labelledby="again">
          <h2 id="again">Do it again</h2>
          <p>This fetches what is pinned, builds it, and compares:</p>
          <Lines text={again(view)} copies />
          <Steps place={place} steps={steps} />
        </section>
      </>
    ),
  });
}

function again({ releases, project }: BuildView): string {
  const release = releases.at(-1);
  return `eksd-rebuild import ${release}\neksd-rebuild verify ${release} --project ${project}`;
}

function Source({ view }: { readonly view: BuildView }): JSX.Element {
  const { version, repository, commit, go, flavour, patches } = view;
  return (
    <>
      <dt>Source</dt>
      <dd>
        {repository !== undefined && (
          <>
            <MaybeLink to={treeLink(repository, version)}>{repository}</MaybeLink>,{' '}
          </>
        )}
        tag {version}
        {commit !== undefined && commit !== 'unresolved' && (
          <>
            , commit <code>{commit}</code>
          </>
        )}
      </dd>
      <dt>Go</dt>
      <dd>
        {go ?? 'not known'}
        {flavour !== undefined && ` (${flavour})`}
      </dd>
      {patches.length > 0 && (
        <>
          <dt>Patches</dt>
          <dd>
            <Patches patches={patches} />
          </dd>
        </>
      )}
    </>
  );
}

const confirmations: Readonly<Record<BuildSteps['confirmed'], string>> = {
  yes: 'planned from that lock, they come to the very digest of this build',
  no: 'what is planned now is not this very build, whose own commands may have been others',
  unknown: 'the lock does not say what its tag points at, so that they are the very ones is not confirmed',
};

function Steps({
  place,
  steps,
}: {
  readonly place: string;
  readonly steps: BuildSteps | undefined;
}): JSX.Element {
  if (steps === undefined)
    return <p class="dim">The commands are not known here: there is no lock or recipe for them at hand.</p>;
  const { release, confirmed, script, runs } = steps;
  const [file, values] = [`${places.script(script)}.sh`, `${place}.values`];
  const page = linkTo(place, places.script(script));
  if (!runs)
    return (
      <p>
        <a href={page}>The commands that compile</a>, with their whole environment, as {release} has them:{' '}
        {confirmations[confirmed]}.
      </p>
    );
  return (
    <>
      <p>
        Without this program: take{' '}
        <a href={fileTo(place, file)} download>
          the script
        </a>{' '}
        (<a href={page}>read it</a>) and{' '}
        <a href={fileTo(place, values)} download>
          what {release} pins
        </a>
        . It needs git, Go 1.21 or newer, sha256sum and a network. The commands are those of today's recipes:{' '}
        {confirmations[confirmed]}.
      </p>
      <Lines text={`sh ${nameOf(file)} ${nameOf(values)}`} copies />
    </>
  );
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
