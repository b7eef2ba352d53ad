import type { VulnerabilitiesJson } from '../../vulnerability/result-json.ts';
import { html, type Markup, trusted } from './markup.ts';
import { pageStyle } from './style.ts';

/**
 * vulnerabilities.html: what vulnerabilities.json says, for people, beside report.html and in its style. It loads nothing and runs
 * nothing. Ends in a line end.
 */
export function renderVulnerabilities(found: VulnerabilitiesJson): string {
  const { release, date, sources, totals, subjects, unclaimed, against } = found;
  const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>${release}: known vulnerabilities</title>
<style>${trusted(pageStyle)}</style>
</head>
<body>
<header>
<h1>Known vulnerabilities of ${release}</h1>
<p>By the Go vulnerability database of <time datetime="${sources.go.modified}">${sources.go.modified}</time>, ${sources.go.records} records, SHA-256 <span class="hash">${sources.go.sha256}</span>.</p>
<p class="dim">Of ${date}. Against: ${against}. What could not be had is not known, and is never counted as none. The build itself is in report.html.</p>
</header>
<main>
<section aria-labelledby="totals">
<h2 id="totals">Totals</h2>
<table><thead><tr><th>Build</th><th>Vulnerabilities</th></tr></thead><tbody>
${totals.map(
  ({
    side,
    affected,
    partial,
  }) => html`<tr><th>${side}</th><td>${affected === null ? 'not known' : affected.length}${affected !== null && partial && ' or more: not all is known'}</td></tr>
`,
)}</tbody></table>
</section>
<section aria-labelledby="builds">
<h2 id="builds">Programs and images</h2>
${subjects.map(subjectDetails)}</section>
${unclaimed.length > 0 && unclaimedSection(unclaimed)}</main>
</body>
</html>
`.markup;
}

type SubjectJson = VulnerabilitiesJson['subjects'][number];

function subjectDetails({ kind, name, platform, sides, comparisons }: SubjectJson): Markup {
  const all = Object.entries(sides);
  const isBad = all.some(
    ([side, each]) =>
      side === 'ours' && each.known && each.findings.some(({ state }) => state === 'affected'),
  );
  return html`<details${isBad && html` open`}>
<summary><h3>${name}</h3> <span class="dim">${kind}, ${platform}</span></summary>
${comparisons.map(
  (
    each,
  ) => html`<p>${each.with}: ${each.both.length} in both, ${each.onlyOurs.length} only here, ${each.onlyTheirs.length} only there, ${each.unknown.length} not known.</p>
`,
)}${all.map(([side, each]) => sideDetails(side, each))}</details>
`;
}

const words = { affected: 'affected', unknown: 'not known', fixed: 'fixed', 'not-affected': 'not affected' };

function sideDetails(name: string, side: SubjectJson['sides'][string]): Markup {
  if (!side.known)
    return html`<h4>${name}</h4><p>Not known: ${side.why}</p>
`;
  return html`<h4>${name} <span class="dim">${side.from}</span></h4>
${side.gaps.map(
  (gap) => html`<p>Not known: ${gap}</p>
`,
)}${
  side.findings.length === 0
    ? html`<p>Nothing is known of it${side.gaps.length > 0 && ', as far as it was looked into'}.</p>
`
    : html`<table><thead><tr><th>Vulnerability</th><th>State</th><th>Component</th><th>Fixed in</th><th>Why</th></tr></thead><tbody>
${side.findings.map(
  (
    each,
  ) => html`<tr><td>${/^https:/.test(each.url ?? '') ? html`<a href="${each.url}">${each.id}</a>` : each.id}</td><td class="${each.state === 'affected' ? 'bad' : each.state === 'unknown' ? 'quiet' : 'good'}">${words[each.state]}</td><td>${each.component} ${each.version}</td><td>${each.fixed}</td><td>${each.summary !== undefined && html`${each.summary}. `}${each.why}</td></tr>
`,
)}</tbody></table>
`
}`;
}

function unclaimedSection(unclaimed: VulnerabilitiesJson['unclaimed']): Markup {
  return html`<section aria-labelledby="unclaimed">
<h2 id="unclaimed">Named by a patch, and not claimed as fixed</h2>
<ul>
${unclaimed.map(
  ({ id, project, patch, why }) => html`<li>${id} in ${project}: ${patch}. ${why}.</li>
`,
)}</ul>
</section>
`;
}
