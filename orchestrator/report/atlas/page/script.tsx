import { countOf } from '../../../core/numbers.ts';
import type { Page } from '../../html/document.tsx';
import { Hash, Lines, Listed } from '../../html/parts.tsx';
import { groupBy } from '../order.ts';
import { fileTo, linkTo, places } from '../places.ts';
import type { ScriptView } from '../view/script.ts';
import { framed } from './frame.tsx';
import { BuildWords } from './parts.tsx';

export function scriptPage({ sha256, runs, text, builds }: ScriptView): Page {
  const place = places.script(sha256);
  const projects = [...groupBy(builds, ({ project }) => project)];
  return framed({
    place,
    title: `How ${countOf(builds.length, 'build is', 'builds are')} done: ${projects.map(([project]) => project).join(', ')}`,
    above: projects.map(([project]) => [project, places.project(project)]),
    scripted: true,
    judges: false,
    children: (
      <>
        {runs ? (
          <p>
            <a href={fileTo(place, `${place}.sh`)} download>
              This script
            </a>{' '}
            builds all that was published, without this program, and compares. What a release pins is in a
            file of its own, which the page of a build has. It needs git, Go 1.21 or newer, sha256sum and a
            network.
          </p>
        ) : (
          <p>
            The commands that compile, with their whole environment, to be read: what they work on is made by
            others of upstream's scripts.
          </p>
        )}
        <dl>
          <dt>SHA-256</dt>
          <dd>
            <Hash sum={sha256} />
          </dd>
          {projects.map(([project, own]) => (
            <>
              <dt>{project}</dt>
              <dd>
                <Listed
                  items={own.map((build) => (
                    <a href={linkTo(place, places.build(build.digest))}>
                      {build.version} (<BuildWords build={build} />)
                    </a>
                  ))}
                />
              </dd>
            </>
          ))}
        </dl>
        <section aria-labelledby="script">
          <h2 id="script">{runs ? 'The script' : 'The commands'}</h2>
          <Lines text={text} copies />
        </section>
      </>
    ),
  });
}
