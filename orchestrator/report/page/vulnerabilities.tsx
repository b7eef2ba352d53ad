import type { JSX } from 'preact';
import type { VulnerabilitiesJson } from '../../vulnerability/result-json.ts';
import { renderDocument } from '../html/document.tsx';
import { MaybeLink } from '../html/parts.tsx';

/** vulnerabilities.html: what vulnerabilities.json says, for people, beside report.html and in its style. See `renderDocument`. */
export function renderVulnerabilities(given: VulnerabilitiesJson): string {
  return renderDocument(given, (found) => {
    return { title: `${found.release}: known vulnerabilities`, body: <Body found={found} /> };
  });
}

function Body({ found }: { readonly found: VulnerabilitiesJson }): JSX.Element {
  const { release, date, sources, totals, subjects, unclaimed, against } = found;
  const { modified, records, sha256 } = sources.go;
  return (
    <>
      <header>
        <h1>Known vulnerabilities of {release}</h1>
        <p>
          By the Go vulnerability database of <time dateTime={modified}>{modified}</time>, {records} records,
          SHA-256 <span class="hash">{sha256}</span>.
        </p>
        <p class="dim">
          Of {date}. Against: {against}. What could not be had is not known, and is never counted as none. The
          build itself is in report.html.
        </p>
      </header>
      <main>
        <section aria-labelledby="totals">
          <h2 id="totals">Totals</h2>
          <table>
            <thead>
              <tr>
                <th scope="col">Build</th>
                <th scope="col">Vulnerabilities</th>
              </tr>
            </thead>
            <tbody>
              {totals.map(({ side, affected, partial }) => (
                <tr key={side}>
                  <th scope="row">{side}</th>
                  <td>
                    {affected === null ? 'not known' : affected.length}
                    {affected !== null && partial && ' or more: not all is known'}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
        <section aria-labelledby="builds">
          <h2 id="builds">Programs and images</h2>
          {subjects.map((subject, at) => (
            <SubjectDetails key={at} subject={subject} />
          ))}
        </section>
        <UnclaimedSection unclaimed={unclaimed} />
      </main>
    </>
  );
}

type SubjectJson = VulnerabilitiesJson['subjects'][number];
type SideJson = SubjectJson['sides'][string];

function SubjectDetails({
  subject: { kind, name, platform, sides, comparisons },
}: {
  readonly subject: SubjectJson;
}): JSX.Element {
  const all = Object.entries(sides);
  const isBad = all.some(
    ([side, each]) =>
      side === 'ours' && each.known && each.findings.some(({ state }) => state === 'affected'),
  );
  return (
    <details open={isBad}>
      <summary>
        <h3>{name}</h3>{' '}
        <span class="dim">
          {kind}, {platform}
        </span>
      </summary>
      {comparisons.map((each) => (
        <p key={each.with}>
          {each.with}: {each.both.length} in both, {each.onlyOurs.length} only here, {each.onlyTheirs.length}{' '}
          only there, {each.unknown.length} not known.
        </p>
      ))}
      {all.map(([side, each]) => (
        <SideDetails key={side} name={side} side={each} />
      ))}
    </details>
  );
}

const words = { affected: 'affected', unknown: 'not known', fixed: 'fixed', 'not-affected': 'not affected' };

function SideDetails({ name, side }: { readonly name: string; readonly side: SideJson }): JSX.Element {
  if (!side.known)
    return (
      <>
        <h4>{name}</h4>
        <p>Not known: {side.why}</p>
      </>
    );
  return (
    <>
      <h4>
        {name} <span class="dim">{side.from}</span>
      </h4>
      {side.gaps.map((gap) => (
        <p key={gap}>Not known: {gap}</p>
      ))}
      {side.findings.length === 0 ? (
        <p>Nothing is known of it{side.gaps.length > 0 && ', as far as it was looked into'}.</p>
      ) : (
        <Findings findings={side.findings} />
      )}
    </>
  );
}

function Findings({
  findings,
}: {
  readonly findings: Extract<SideJson, { readonly known: true }>['findings'];
}): JSX.Element {
  return (
    <table>
      <thead>
        <tr>
          {['Vulnerability', 'State', 'Component', 'Fixed in', 'Why'].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {findings.map((each, at) => (
          <tr key={at}>
            <td>
              <MaybeLink to={/^https:/.test(each.url ?? '') ? each.url : undefined}>{each.id}</MaybeLink>
            </td>
            <td class={each.state === 'affected' ? 'bad' : each.state === 'unknown' ? 'quiet' : 'good'}>
              {words[each.state]}
            </td>
            <td>
              {each.component} {each.version}
            </td>
            <td>{each.fixed}</td>
            <td>
              {each.summary !== undefined && `${each.summary}. `}
              {each.why}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function UnclaimedSection({ unclaimed }: Pick<VulnerabilitiesJson, 'unclaimed'>): JSX.Element | null {
  if (unclaimed.length === 0) return null;
  return (
    <section aria-labelledby="unclaimed">
      <h2 id="unclaimed">Named by a patch, and not claimed as fixed</h2>
      <ul>
        {unclaimed.map(({ id, project, patch, why }, at) => (
          <li key={at}>
            {id} in {project}: {patch}. {why}.
          </li>
        ))}
      </ul>
    </section>
  );
}
