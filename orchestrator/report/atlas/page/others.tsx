import type { JSX } from 'preact';
import { countOf } from '../../../core/numbers.ts';
import type { VerdictName } from '../../../verdict/verify/verdict.ts';
import type { Page } from '../../html/document.tsx';
import { Lines, Listed, MaybeLink } from '../../html/parts.tsx';
import { treeLink } from '../../source-link.ts';
import { stateOf } from '../counts.ts';
import { linkTo, places } from '../places.ts';
import type { BuildView } from '../view/build.ts';
import type { CauseView } from '../view/cause.ts';
import type { ProjectView } from '../view/project.ts';
import { framed, Wide } from './frame.tsx';
import { CountsCells, CountsHeads, FileVerdictWords, Overall, Releases, StateMark, Words } from './parts.tsx';

export function projectPage({ name, repository, counts, versions }: ProjectView): Page {
  const place = places.project(name);
  return framed({
    place,
    title: name,
    children: (
      <>
        {repository !== undefined && <p>{repository}</p>}
        <Overall counts={counts} />
        <h2>Versions</h2>
        <Wide label="Versions">
          <table>
            <thead>
              <tr>
                <th scope="col">version</th>
                <th scope="col">Go</th>
                <CountsHeads />
                <th scope="col" class="count">
                  different files
                </th>
                <th scope="col">builds</th>
                <th scope="col">releases</th>
              </tr>
            </thead>
            <tbody>
              {versions.map(({ version, go, counts, distinct, builds, releases }) => (
                <tr key={`${version} ${go}`}>
                  <th scope="row">
                    <StateMark state={stateOf(counts)} />{' '}
                    <MaybeLink to={repository === undefined ? undefined : treeLink(repository, version)}>
                      {version}
                    </MaybeLink>
                  </th>
                  <td>{go}</td>
                  <CountsCells counts={counts} />
                  <td class="count">{distinct}</td>
                  <td>
                    <Builds place={place} builds={builds} />
                  </td>
                  <td>
                    <Releases from={place} names={releases} />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
      </>
    ),
  });
}

function Builds({
  place,
  builds,
}: {
  readonly place: string;
  readonly builds: readonly string[];
}): JSX.Element {
  return (
    <Listed
      items={builds.map((build) => (
        <a href={linkTo(place, places.build(build))}>
          <code>{build.slice(0, 12)}</code>
        </a>
      ))}
    />
  );
}

export function buildPage({
  digest,
  project,
  version,
  go,
  releases,
  counts,
  files,
  causes,
  by,
}: BuildView): Page {
  const place = places.build(digest);
  const again = [
    `eksd-rebuild import ${releases.at(-1)}`,
    `eksd-rebuild plan ${releases.at(-1)} --project ${project} --commands`,
    `eksd-rebuild verify ${releases.at(-1)} --project ${project}`,
  ];
  return framed({
    place,
    title: `${project} ${version}: a build`,
    above: [[project, places.project(project)]],
    children: (
      <>
        <p>
          All that this build depends on, as far as a plan knows it, has the SHA-256 <code>{digest}</code>
          {go !== undefined && `; its Go is ${go}`}.{' '}
          {countOf(releases.length, 'release has', 'releases have')} it:{' '}
          <Releases from={place} names={releases} />.
        </p>
        <Overall counts={counts} />
        <h2>Do it again</h2>
        <p>The pins, the commands with their environment, and the build with its script in the report:</p>
        <Lines text={again.join('\n')} />
        <h2>Files</h2>
        <Wide label="Files of the build">
          <table>
            <thead>
              <tr>
                <th scope="col">file</th>
                <th scope="col">platform</th>
                <th scope="col">verdict</th>
                <th scope="col">SHA-256</th>
                <th scope="col">releases</th>
              </tr>
            </thead>
            <tbody>
              {files.map(({ platform, name, expected, found, verdict, comparable, cause, releases }) => (
                <tr key={`${platform} ${name} ${expected} ${verdict} ${found}`}>
                  <th scope="row">{name === '*' ? 'all that one task makes' : name}</th>
                  <td>{platform}</td>
                  <td>
                    <FileVerdictWords verdict={verdict} comparable={comparable === true} />
                    {cause !== undefined && verdict !== undefined && (
                      <>
                        {' '}
                        <a href={linkTo(place, places.cause(verdict, cause))}>{cause}</a>
                      </>
                    )}
                  </td>
                  <td>
                    <Sum place={place} what="published" sum={expected} />
                    <Sum place={place} what="built" sum={found} />
                  </td>
                  <td>{releases === undefined ? 'all' : <Releases from={place} names={releases} />}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
        {causes.length > 0 && <h2>Why</h2>}
        {causes.map(({ verdict, kind, text }) => (
          <article key={verdict + kind + text} class="change">
            <a href={linkTo(place, places.cause(verdict, kind))}>
              {verdict}, {kind}
            </a>
            : <Words text={text} />
          </article>
        ))}
        <p class="dim">Said by {by.join(', ')}.</p>
      </>
    ),
  });
}

function Sum({
  place,
  what,
  sum,
}: {
  readonly place: string;
  readonly what: string;
  readonly sum: string | undefined;
}): JSX.Element | null {
  if (sum === undefined) return null;
  return (
    <div>
      {what}{' '}
      <a class="hash" href={linkTo(place, places.digest(sum), sum)}>
        {sum.slice(0, 16)}
      </a>
    </div>
  );
}

/** What each verdict but the good ones means. */
const meanings: Readonly<Record<Exclude<VerdictName, 'identical' | 'equivalent'>, string>> = {
  explained: 'The file differs, and with the one thing changed that is named, the published bytes came out.',
  different: 'The file differs, and why is not known for certain.',
  'build-failed': 'It could not be built: the fault of the build, or of who built it.',
  'infra-failed': 'It could not be built, for want of a network or a disk.',
  'source-unavailable': 'What it is made of cannot be had any more, or is not what the release names.',
  'toolchain-unavailable': 'The Go that it was built with cannot be had.',
  'stale-expectation': 'It differs from a SHA-256 that nobody compared when it was published.',
  'no-expectation': 'No published SHA-256 speaks of it.',
  'not-built': 'Nobody has written yet how it is built.',
};

export function causePage({ verdict, kind, files, builds, projects, found }: CauseView): Page {
  const place = places.cause(verdict, kind);
  return framed({
    place,
    title: `${verdict}: ${kind === 'unknown' ? 'no cause found' : kind}`,
    children: (
      <>
        <p>{verdict === 'identical' || verdict === 'equivalent' ? '' : meanings[verdict]}</p>
        <p>
          {countOf(files, 'file')} of {countOf(projects.length, 'project')}
          {builds > 0 && `, of ${countOf(builds, 'build')}`}.
        </p>
        {found.map(({ project, version, text, confidence, files, builds, releases }, at) => (
          <article key={at} class="change">
            <h2>
              <a href={linkTo(place, places.project(project))}>{project}</a> {version}:{' '}
              {countOf(files, 'file')}
            </h2>
            {text !== undefined && (
              <div>
                <Words text={text} />
                {confidence !== undefined && <span class="dim"> ({confidence})</span>}
              </div>
            )}
            {builds.length > 0 && (
              <p>
                <Builds place={place} builds={builds} />
              </p>
            )}
            <div>
              <Releases from={place} names={releases} />
            </div>
          </article>
        ))}
      </>
    ),
  });
}
