import type { JSX } from 'preact';
import { formatSeconds } from '../duration.ts';
import { renderDocument } from '../html/document.tsx';
import { MaybeLink } from '../html/parts.tsx';
import { leftOutText, partText } from '../left-out.ts';
import type { ReportJson } from '../report-json.ts';
import { commitRead, treeLink } from '../source-link.ts';
import { createAnchors } from './anchors.ts';
import { boundedPage, type PageData } from './bounded.ts';
import { CausesSection } from './causes.tsx';
import { ChangesNote } from './changes.tsx';
import { EnvironmentsSection } from './environments.tsx';
import { ImagesSection } from './images.tsx';
import { NextSection } from './next.tsx';
import { FilesSection, SharedSection } from './projects.tsx';
import { RunSection } from './run.tsx';
import { pageScript } from './script.ts';
import { OverallTotals, PlatformTotals, ProjectTotals } from './totals.tsx';
import { VexSection } from './vex.tsx';

/** report.html: what report.json says, for people. See `renderDocument`. */
export function renderPage(given: ReportJson): string {
  return renderDocument(boundedPage(given), (data) => {
    const { report } = data;
    const { name } = report.release;
    const { identical, comparable, all } = report.totals;
    return {
      title: `${name}${partText(report) === undefined ? '' : ', a part of it'}: ${identical} / ${comparable} / ${all} identical`,
      body: <Body data={data} />,
      script: pageScript,
    };
  });
}

function Body({ data }: { readonly data: PageData }): JSX.Element {
  const { report } = data;
  const { release, projects, changes, leftOut, unprotected, tool, next, beside } = report;
  const anchors = createAnchors(data);
  const part = partText(report);
  return (
    <>
      <header>
        <h1>{release.name}</h1>
        {part !== undefined && (
          <p>
            <strong class="warn">{part}</strong>
          </p>
        )}
        <Head report={report} />
      </header>
      <main>
        <section aria-labelledby="totals">
          <h2 id="totals">Totals</h2>
          <OverallTotals report={report} />
          {leftOut !== undefined && <p>{leftOutText(leftOut)}</p>}
          {unprotected !== undefined && <p>Not in force while tasks ran here: {unprotected.join('; ')}.</p>}
          <ChangesNote changes={changes} />
          {beside?.vulnerabilities !== undefined && (
            <p>
              <a href={beside.vulnerabilities}>Known vulnerabilities</a>, as they were looked for last.
            </p>
          )}
        </section>
        <NextSection next={next} anchors={anchors} />
        <section aria-labelledby="counts">
          <h2 id="counts">Counts</h2>
          <div class="tables">
            <ProjectTotals report={report} anchors={anchors} />
            <PlatformTotals projects={projects} />
          </div>
        </section>
        <CausesSection report={report} anchors={anchors} />
        <ImagesSection report={report} anchors={anchors} />
        <VexSection report={report} anchors={anchors} />
        <RunSection report={report} anchors={anchors} />
        <FilesSection report={report} anchors={anchors} />
        <SharedSection report={report} anchors={anchors} />
        <EnvironmentsSection environments={anchors.environments} />
      </main>
      <footer>
        <p>
          {tool.name} {tool.version}. The same, for programs, is in the JSON file beside this one.
        </p>
      </footer>
    </>
  );
}

function Head({
  report: { release, started, seconds, interrupted, exitCode },
}: {
  readonly report: ReportJson;
}): JSX.Element {
  const commit = commitRead(release);
  const date = (release.tree === 'release' ? release.releaseCommit : release.tag)?.date;
  const address = commit === undefined ? undefined : treeLink(release.repository, commit);
  return (
    <>
      <p>
        Rebuilt from source and compared with{' '}
        <MaybeLink to={address}>
          {release.tree === 'release' ? 'release commit' : 'tag tree'} {commit?.slice(0, 12) ?? 'unknown'}
        </MaybeLink>{' '}
        of {release.repository}
        {date !== undefined && `, ${date.slice(0, 10)}`}.
      </p>
      <p class="dim">
        Run of <time dateTime={started}>{started.slice(0, 16).replace('T', ' ')} UTC</time>,{' '}
        {formatSeconds(seconds)}, exit code {exitCode}
        {interrupted && (
          <>
            , <strong class="bad">interrupted</strong>
          </>
        )}
        . Lock <span class="hash">{release.lock}</span>
      </p>
    </>
  );
}
