import type { JSX } from 'preact';
import { countOf } from '../../../core/numbers.ts';
import type { Page } from '../../html/document.tsx';
import { Breakable } from '../../html/parts.tsx';
import { legend, stateOf } from '../counts.ts';
import { groupBy } from '../order.ts';
import { linkTo, places } from '../places.ts';
import type { BranchBrief, BranchView, FrontView, Latest } from '../view/front.ts';
import { framed, Wide } from './frame.tsx';
import { ChangeList, CountsCells, CountsHeads, Overall, ReleaseCell, StateMark } from './parts.tsx';
import { Search } from './search.tsx';

const front = places.front;

export function frontPage(view: FrontView): Page {
  const { counts, branches, projects, causes, latest, files, distinct } = view;
  const releases = branches.reduce((sum, branch) => sum + branch.releases.length, 0);
  return framed({
    place: front,
    title: 'EKS Distro, rebuilt from source',
    scripted: true,
    children: (
      <>
        <p>
          Every published file of {countOf(releases, 'release')} of EKS Distro, and whether who builds it
          again from public source gets the very same bytes.
        </p>
        <Overall counts={counts} />
        {counts.unknown > 0 && (
          <p>
            A file becomes known by building it: <code>eksd-rebuild audit</code> writes records, and the next
            atlas shows them.
          </p>
        )}
        <p class="dim">
          {countOf(files, 'file')} with a published SHA-256 in all releases together, {distinct} different
          ones.
        </p>
        <section aria-labelledby="find">
          <h2 id="find">Find a file</h2>
          <Search place={front} />
        </section>
        <section aria-labelledby="branches">
          <h2 id="branches">All releases</h2>
          <Picture branches={branches} />
        </section>
        <section aria-labelledby="latest">
          <h2 id="latest">What changed last</h2>
          {latest.map((each) => (
            <LatestArticle key={each.name} from={front} latest={each} />
          ))}
        </section>
        <section aria-labelledby="projects">
          <h2 id="projects">Projects</h2>
          <Wide label="Projects">
            <table aria-label="Projects">
              <thead>
                <tr>
                  <th scope="col">project</th>
                  <th scope="col" class="count">
                    versions
                  </th>
                  <CountsHeads />
                </tr>
              </thead>
              <tbody>
                {projects.map(({ name, versions, counts }) => (
                  <tr key={name}>
                    <th scope="row">
                      <StateMark state={stateOf(counts)} />{' '}
                      <a href={linkTo(front, places.project(name))}>
                        <Breakable path={name} />
                      </a>
                    </th>
                    <td class="count">{versions}</td>
                    <CountsCells counts={counts} />
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        </section>
        <Causes causes={causes} />
      </>
    ),
  });
}

/** A line a branch, a column a year, a cell a release. */
function Picture({ branches }: { readonly branches: readonly BranchBrief[] }): JSX.Element {
  const yearOf = ({ date }: { readonly date: string }) => date.slice(0, 4) || 'no date';
  const years = [...new Set(branches.flatMap(({ releases }) => releases.map(yearOf)))].sort();
  return (
    <>
      <ul class="legend">
        {legend.map((state) => (
          <li key={state.mark}>
            <StateMark state={state} /> {state.words}
          </li>
        ))}
      </ul>
      <Wide label="Releases by branch and year">
        <table class="picture" aria-label="Releases by branch and year">
          <thead>
            <tr>
              <th scope="col">branch</th>
              {years.map((year) => (
                <th key={year} scope="col">
                  {year}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {branches.map(({ name, releases }) => {
              const byYear = groupBy(releases, yearOf);
              return (
                <tr key={name}>
                  <th scope="row">
                    <a href={linkTo(front, places.branch(name))}>{name}</a>
                  </th>
                  {years.map((year) => (
                    <td key={year}>
                      {(byYear.get(year) ?? []).map((release) => (
                        <ReleaseCell key={release.name} from={front} release={release} />
                      ))}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </Wide>
    </>
  );
}

function LatestArticle({
  from,
  latest: { name, date, before, changes },
}: {
  readonly from: string;
  readonly latest: Latest;
}): JSX.Element {
  return (
    <article class="change">
      <h3>
        <a href={linkTo(from, places.release(name))}>{name}</a> <span class="dim">{date}</span>
      </h3>
      {before === undefined ? (
        <p class="dim">The first of its branch here.</p>
      ) : (
        <ChangeList changes={changes} isBrief />
      )}
    </article>
  );
}

function Causes({ causes }: Pick<FrontView, 'causes'>): JSX.Element | null {
  if (causes.length === 0) return null;
  return (
    <section aria-labelledby="causes">
      <h2 id="causes">Why files are not as published</h2>
      <ul>
        {causes.map(({ verdict, kind, files, builds }) => (
          <li key={verdict + kind}>
            <a href={linkTo(front, places.cause(verdict, kind))}>
              {verdict}, {kind}
            </a>
            : {countOf(files, 'file')}
            {builds > 0 && ` of ${countOf(builds, 'build')}`}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function branchPage({ name, counts, changes }: BranchView): Page {
  const place = places.branch(name);
  return framed({
    place,
    title: `Branch ${name}`,
    children: (
      <>
        <Overall counts={counts} />
        <h2>{countOf(changes.length, 'release')}</h2>
        <Wide label="Releases of the branch">
          <table aria-label="Releases of the branch">
            <thead>
              <tr>
                <th scope="col">release</th>
                <th scope="col">date</th>
                <CountsHeads />
              </tr>
            </thead>
            <tbody>
              {changes.map((release) => (
                <tr key={release.name}>
                  <th scope="row">
                    <StateMark state={stateOf(release.counts)} />{' '}
                    <a href={linkTo(place, places.release(release.name))}>{release.name}</a>
                  </th>
                  <td>{release.date}</td>
                  <CountsCells counts={release.counts} />
                </tr>
              ))}
            </tbody>
          </table>
        </Wide>
        <h2>What each changed</h2>
        {changes.map((each) => (
          <LatestArticle key={each.name} from={place} latest={each} />
        ))}
      </>
    ),
  });
}
