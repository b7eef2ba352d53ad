import type { JSX } from 'preact';
import type { Page } from '../../html/document.tsx';
import { Listed, MaybeLink } from '../../html/parts.tsx';
import { treeLink } from '../../source-link.ts';
import { stateOf } from '../counts.ts';
import { linkTo, places } from '../places.ts';
import type { ProjectView } from '../view/project.ts';
import { framed, Wide } from './frame.tsx';
import { CountsCells, CountsHeads, Overall, Releases, StateMark } from './parts.tsx';

export function projectPage({ name, repository, counts, versions }: ProjectView): Page {
  const place = places.project(name);
  return framed({
    place,
    title: name,
    children: (
      <>
        {repository !== undefined && <p>{repository}</p>}
        <Overall counts={counts} />
        <section aria-labelledby="versions">
          <h2 id="versions">Versions</h2>
          <Wide label="Versions">
            <table aria-label="Versions">
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
                      <Builds from={place} builds={builds} />
                    </td>
                    <td>
                      <Releases from={place} names={releases} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Wide>
        </section>
      </>
    ),
  });
}

export function Builds({
  from,
  builds,
}: {
  readonly from: string;
  readonly builds: readonly string[];
}): JSX.Element {
  return (
    <Listed
      items={builds.map((build) => (
        <a href={linkTo(from, places.build(build))}>
          <code>{build.slice(0, 12)}</code>
        </a>
      ))}
    />
  );
}
