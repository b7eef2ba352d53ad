import { pageStyle } from '../html/style.ts';

/** The style sheet of an atlas: that of all pages, and what only an atlas has. */
export const atlasStyle = `${pageStyle.trimStart()}
.scrolls { overflow-x: auto; }
.shares { display: block; width: 100%; max-width: 40rem; height: .5rem; margin: .4rem 0; }
.shares .good { fill: var(--good); }
.shares .bad { fill: var(--bad); }
.shares .other { fill: var(--dim); }
.shares .quiet { fill: var(--line); }
.legend { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; padding: 0; list-style: none; }
.picture td { min-width: 4rem; padding: .1rem; }
thead th { white-space: nowrap; }
.picture th:first-child { position: sticky; left: 0; background: var(--ground); }
.picture tbody th:first-child { padding: .25rem .5rem .2rem 0; white-space: nowrap; }
.cell {
  display: inline-block; min-width: 2.5rem; min-height: 1.6rem; margin: 1px; padding: 0 .2rem; border: 1px solid var(--line);
  border-radius: 3px; text-align: center; text-decoration: none;
}
.cell.good, .cell.bad { border-color: currentColor; }
.cell.quiet, td.quiet, span.quiet { color: var(--dim); }
.cell:hover { background: var(--panel); }
.cell small { margin-left: .15rem; }
.change { margin: .8rem 0; }
.change h2 { margin: .8rem 0 .2rem; border: 0; font-size: 1rem; }
.digits { display: flex; flex-wrap: wrap; gap: .3rem; }
.digits a { min-width: 2.2rem; padding: .2rem; border: 1px solid var(--line); border-radius: 3px; text-align: center; }
article.sum { padding: .3rem .5rem; border-bottom: 1px solid var(--line); }
article.sum h2 { display: inline-block; margin: 0; border: 0; font-size: .9rem; }
article.sum:target { background: var(--mark); color: var(--text); }
article.sum:target .dim, article.sum:target .quiet { color: var(--text); }
label.sum { flex: 1 1 20rem; }
label.sum input { width: 100%; }
.folded { display: inline-block; }
nav { display: flex; flex-wrap: wrap; gap: .1rem 1.2rem; margin-bottom: .3rem; font-size: .93rem; }
nav [aria-current] { color: var(--text); font-weight: 600; text-decoration: none; }
header { margin-bottom: .8rem; }
article.text { max-width: 62rem; }
article.text pre { overflow-x: auto; white-space: pre; padding: .6rem .8rem; background: var(--panel); }
article.text td { vertical-align: top; }
@media (max-width: 40rem) {
  table:not(.picture) > tbody > tr > th { min-width: 9.5rem; }
  table:not(.picture) > tbody > tr > td { min-width: 4.2rem; }
  table:not(.picture) > tbody > tr > td:last-child:not(:nth-child(2)) { min-width: 10rem; }
}
@media print {
  .scrolls { overflow-x: visible; }
  article.text pre { white-space: pre-wrap; }
}
`;
