/** Colours have a contrast of 4.5 at least on both grounds, in both schemes (`test/real/report-html.test.ts` has axe measure it). */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ground: #fff; --panel: #f5f6f8; --line: #d5d9de; --text: #1b1f24; --dim: #57606a;
  --link: #0550ae; --good: #116329; --warn: #7a4d00; --bad: #a40e26; --mark: #fff2b8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1116; --panel: #171b22; --line: #343a43; --text: #dde2e8; --dim: #9ba5b0;
    --link: #79b8ff; --good: #57d07b; --warn: #e3b341; --bad: #ff8e8e; --mark: #4a3c00;
  }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body {
  margin: 0 auto; padding: 1rem; max-width: 76rem; background: var(--ground); color: var(--text);
  font: 15px/1.45 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; overflow-wrap: anywhere;
}
h1 { margin: 0 0 .25rem; font-size: 1.6rem; line-height: 1.2; }
h2 { margin: 2rem 0 .75rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); font-size: 1.2rem; }
h3 { margin: 0; font-size: 1rem; }
h4 { margin: 1rem 0 .4rem; font-size: .9rem; }
p, ul, ol, dl { margin: .4rem 0; }
ul, ol { padding-left: 1.4rem; }
a { color: var(--link); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 1px; border-radius: 3px; }
code, pre, .hash { font: .86em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.hash { overflow-wrap: anywhere; }
pre {
  margin: .4rem 0; padding: .5rem .65rem; max-height: 24rem; overflow: auto; background: var(--panel);
  border: 1px solid var(--line); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere;
}
.dim { color: var(--dim); }
.good { color: var(--good); }
.warn { color: var(--warn); }
.bad { color: var(--bad); }
.quiet.mark, .verdict.quiet, td.quiet { color: var(--dim); }
.mark { display: inline-block; width: 1.1em; text-align: center; }

.overall .counts { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 .6rem; margin: 0; }
.overall strong { font-size: 1.9rem; font-variant-numeric: tabular-nums; }
.bar { display: flex; gap: 2px; height: .5rem; margin: .4rem 0; max-width: 40rem; }
.bar span { border-radius: 2px; min-width: 3px; }
.bar .good { background: var(--good); }
.bar .bad { background: var(--bad); }
.bar .quiet { background: var(--line); }
.tables { display: flex; flex-wrap: wrap; gap: 1.5rem 3rem; align-items: flex-start; margin-top: 1rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
caption { padding-bottom: .25rem; text-align: left; font-weight: 600; }
th, td { padding: .2rem .5rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; font-weight: 400; }
th:first-child { padding-left: 0; }
tbody th:first-child { position: relative; padding-left: 1.5rem; }
th > .mark { position: absolute; left: 0; }
.narrow { display: none; }
thead th { color: var(--dim); font-size: .86rem; }
tfoot th, tfoot td { border-bottom: 0; font-weight: 600; }
th.count, td.count { text-align: right; overflow-wrap: normal; }
td.count:not(.bad, .good, .quiet) { color: inherit; }

ol.next { padding-left: 0; list-style: none; }
.next > li { margin: .5rem 0; padding: .3rem .8rem; border-left: 3px solid var(--line); }
.next p { margin: .2rem 0; }
dl.lines { display: block; margin: .2rem 0; }
.lines dt { margin-top: .3rem; }
.times { width: 100%; margin-top: 1rem; }
.times th[scope="row"] { width: 30%; padding-left: 0; }
.times .picture { width: 35%; }
.times td, .times thead th { overflow-wrap: normal; }
.times thead .picture { color: var(--dim); }
.span { display: block; width: 100%; height: 1rem; border-left: 1px solid var(--line); border-right: 1px solid var(--line); }
.span .works { fill: var(--link); }
.span .waits { fill: var(--dim); }
.span .failed { fill: var(--ground); stroke: var(--bad); stroke-width: 2; vector-effect: non-scaling-stroke; }
.cause { color: var(--text); margin: .6rem 0; padding: .5rem .8rem; border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 4px; }
.cause.warn { border-left-color: var(--warn); }
.cause.quiet { border-left-color: var(--line); }
.cause.bad h3 { color: var(--bad); }
.cause.warn h3 { color: var(--warn); }
.cause ul { font-size: .93rem; }

form { display: flex; flex-wrap: wrap; gap: .5rem .8rem; align-items: end; margin-bottom: .75rem; }
form[hidden] { display: none; }
label { display: grid; gap: .1rem; max-width: 100%; color: var(--dim); font-size: .86rem; }
input, select, button {
  max-width: 100%; min-height: 2rem; padding: .2rem .5rem; background: var(--ground); color: var(--text);
  border: 1px solid var(--dim); border-radius: 4px; font: inherit;
}
button { cursor: pointer; }
button:hover { background: var(--panel); }
output { padding-bottom: .3rem; color: var(--dim); }

summary { cursor: pointer; }
summary:hover { background: var(--panel); }
summary h2, summary h3 { display: inline; }
.project { margin: .4rem 0; border: 1px solid var(--line); border-radius: 4px; }
.project > summary { padding: .4rem .6rem; }
.project > summary .counts { float: right; margin-left: .8rem; font-variant-numeric: tabular-nums; }
.project > :not(summary) { margin-left: .8rem; margin-right: .8rem; }
.project[open] > summary { border-bottom: 1px solid var(--line); background: var(--panel); }
.project[open] { padding-bottom: .8rem; }
.files { margin-top: .4rem; }
.file { border-bottom: 1px solid var(--line); }
.file > summary { display: grid; grid-template-columns: 1.3rem minmax(8rem, 1.4fr) 8rem minmax(7rem, 1fr) 7.5rem; gap: .5rem; padding: .2rem .2rem; color: var(--text); align-items: baseline; }
.file > summary::before { content: none; }
.file > :not(summary) { margin-left: 2rem; }
.file[open] { padding-bottom: .6rem; }
.file[open] > summary .name { font-weight: 600; }
.file, .project, .task { color: var(--text); }
.platform, .short { color: var(--dim); }
.names { columns: 18rem; column-gap: 1.5rem; font-size: .93rem; }
.vex th:first-child { padding-left: 0; }
.environments { margin-top: 1.5rem; }
.environments > :not(summary) { margin-left: .8rem; }
summary h2 { border: 0; }
.task, .environment, .script, .tried { margin: .25rem 0; }
.task[open], .environment[open], .script[open] { margin-bottom: .8rem; }
.task > summary .kind { color: var(--dim); }
.task > :not(summary) { margin-left: 1.1rem; }
.commands { padding-left: 2rem; font-size: .93rem; }
.commands li { margin-bottom: .5rem; }
.explanation { margin-top: .5rem; padding-left: .8rem; border-left: 3px solid var(--line); }
dl { display: grid; grid-template-columns: 8rem minmax(0, 1fr); gap: .2rem .8rem; }
dt { color: var(--dim); }
dd { margin: 0; }
dd ol { margin: 0; padding-left: 1.3rem; }
.copied { position: relative; }
.copied > pre { padding-right: 4.8rem; }
.copied > button { position: absolute; top: .4rem; right: .8rem; min-height: 0; padding: .05rem .5rem; font-size: .86rem; }
button.copies { min-height: 0; margin-left: .4rem; padding: 0 .4rem; font-size: .8rem; }
details:target > summary, .cause:target, li:target { background: var(--mark); }
footer { margin-top: 2rem; color: var(--dim); font-size: .86rem; }

@media (max-width: 46rem) {
  body { padding: .7rem; }
  .wide { display: none; }
  .narrow { display: table-cell; white-space: nowrap; }
  thead .narrow, .times .narrow { white-space: normal; }
  .times .picture { width: 25%; }
  .tables { gap: 1rem; }
  table { width: 100%; }
  th, td { padding: .2rem .3rem; }
  .project > :not(summary) { margin-left: .5rem; margin-right: .5rem; }
  .file > summary { grid-template-columns: 1.3rem minmax(0, 1fr) auto; gap: 0 .4rem; }
  .file > summary .verdict { grid-column: 2; font-size: .86rem; }
  .file > summary .short { display: none; }
  .project > summary .counts { float: none; display: block; margin-left: 2.4rem; }
  .file > :not(summary), .task > :not(summary) { margin-left: .3rem; }
  .commands { padding-left: 1.4rem; }
  dl { grid-template-columns: minmax(0, 1fr); gap: 0; }
  dt { margin-top: .3rem; font-size: .86rem; }
  label { width: calc(50% - .4rem); }
  input, select { width: 100%; }
}
@media print {
  :root { --ground: #fff; --panel: #fff; --line: #bbb; --text: #000; --dim: #444; --link: #000; --good: #063; --warn: #640; --bad: #900; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  form, nav, .copied > button, button.copies { display: none; }
  .copied > pre { padding-right: .65rem; }
  pre { max-height: none; }
  h2, h3, h4, summary { break-after: avoid; }
  .cause, tr { break-inside: avoid; }
  /* What is folded is printed, but for what would be a book: that says so. */
  details:not(.file, .task, .environments, .environment, .script)::details-content { content-visibility: visible; block-size: auto; }
  :is(.task, .environments, .environment, .script):not([open]) > summary::after,
  .file:not([open]) > summary .verdict::after { content: " (folded)"; color: var(--dim); }
}
`;
