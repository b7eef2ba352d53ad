import { digestOf } from '../../core/digest.ts';
import { formatSeconds } from '../duration.ts';
import { leftOutText } from '../left-out.ts';
import type { ReportJson } from '../report-json.ts';
import { commitRead, treeLink } from '../source-link.ts';
import { createAnchors } from './anchors.ts';
import { causesSection } from './causes.ts';
import { changesNote } from './changes.ts';
import { environmentsSection } from './environments.ts';
import { imagesSection } from './images.ts';
import { html, type Markup, trusted } from './markup.ts';
import { filesSection, sharedSection } from './projects.ts';
import { pageScript } from './script.ts';
import { pageStyle } from './style.ts';
import { overallTotals, platformTotals, projectTotals } from './totals.ts';

/**
 * report.html: what report.json says, for people. One file that asks for no other: its policy forbids the browser to load
 * anything, and to run any script but its own. Ends in a line end.
 */
export function renderPage(report: ReportJson): string {
  const anchors = createAnchors(report);
  const hash = Buffer.from(digestOf(pageScript), 'hex').toString('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${report.release.name}: ${report.totals.identical} / ${report.totals.comparable} / ${report.totals.all} identical</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<header>
<h1>${report.release.name}</h1>
${head(report)}
</header>
<main>
<section aria-labelledby="totals">
<h2 id="totals">Totals</h2>
${overallTotals(report)}${leftOutNote(report)}${protectionNote(report)}${changesNote(report)}
<div class="tables">
${projectTotals(report, anchors)}
${platformTotals(report)}
</div>
</section>
${causesSection(report, anchors)}${imagesSection(report)}${filesSection(report, anchors)}${sharedSection(report, anchors)}${environmentsSection(anchors.environments)}</main>
<footer><p>${report.tool.name} ${report.tool.version}. The same, for programs, is in the JSON file beside this one.</p></footer>
<script>${trusted(pageScript)}</script>
</body>
</html>
`.markup;
}

function leftOutNote({ leftOut }: ReportJson): Markup {
  return leftOut === undefined
    ? html``
    : html`
<p>${leftOutText(leftOut)}</p>`;
}

/** Says what was not in force of the sandbox. */
function protectionNote({ unprotected }: ReportJson): Markup {
  if (unprotected === undefined) return html``;
  return html`
<p>Not in force while tasks ran here: ${unprotected.join('; ')}.</p>`;
}

function head({ release, started, seconds, interrupted, exitCode }: ReportJson): Markup {
  const commit = commitRead(release);
  const date = (release.tree === 'release' ? release.releaseCommit : release.tag)?.date;
  const address = commit === undefined ? undefined : treeLink(release.repository, commit);
  const text = `${release.tree === 'release' ? 'release commit' : 'tag tree'} ${commit?.slice(0, 12) ?? 'unknown'}`;
  return html`<p>Rebuilt from source and compared with ${address === undefined ? text : html`<a href="${address}">${text}</a>`} of ${release.repository}${date !== undefined && `, ${date.slice(0, 10)}`}.</p>
<p class="dim">Run of <time datetime="${started}">${started.slice(0, 16).replace('T', ' ')} UTC</time>, ${formatSeconds(seconds)}, exit code ${exitCode}${interrupted && html`, <strong class="bad">interrupted</strong>`}. Lock <span class="hash">${release.lock}</span></p>`;
}
