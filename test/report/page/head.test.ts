import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderPage } from '../../../orchestrator/report/page/page.tsx';
import { reportJson } from '../../../orchestrator/report/report-json.ts';
import { textOf as text } from '../../rig/page-text.ts';
import { fileVerdict, runReport, sha } from '../../rig/verdicts.ts';

test('the head of a page is not green where something failed beside what is as published', () => {
  const failed = fileVerdict({
    project: 'org/patched',
    verdict: 'build-failed',
    comparable: false,
    failure: { reason: 'aborted' },
  });
  const page = renderPage(reportJson(runReport([fileVerdict(), failed])));
  assert.match(page, '<strong class="warn">1 / 1 / 2</strong>');
  assert.match(text(page), 'No comparable file differs, but not all was made.');
  const well = renderPage(reportJson(runReport([fileVerdict()])));
  assert.match(well, '<strong class="good">1 / 1 / 1</strong>');
});

test('a report of a part says so in title and head, with the words that chose it; that of a whole release does not', () => {
  const whole = runReport([fileVerdict()], { asked: { projects: [], platforms: [] } });
  const well = renderPage(reportJson(whole));
  assert.match(well, '<title>v1-30-eks-5: 1 / 1 / 1 identical</title>');
  assert.not.match(text(well), 'A part of the release');
  const release = { ...whole.release, projects: 14 };
  const asked = { projects: ["it's/*", '!org/other'], platforms: [] };
  const page = renderPage(reportJson({ ...whole, release, asked }));
  assert.match(page, '<title>v1-30-eks-5, a part of it: 1 / 1 / 1 identical</title>');
  const words = "1 of 14 projects, by --project 'it'\\''s/*' --project '!org/other'.";
  assert.match(text(page), `v1-30-eks-5 A part of the release: ${words}`);
  // Images that were asked for by name leave projects out, too.
  const ofImages = renderPage(reportJson({ ...whole, release }));
  assert.match(text(ofImages), 'A part of the release: 1 of 14 projects.');
  const onePlatform = renderPage(
    reportJson({ ...whole, asked: { projects: [], platforms: ['linux/amd64'] } }),
  );
  assert.match(text(onePlatform), '1 of 1 project, by --platform linux/amd64.');
});

test('doing one file again does not replace the report of all', () => {
  const page = renderPage(reportJson(runReport([fileVerdict({ verdict: 'different', found: sha('x') })])));
  assert.match(
    text(page),
    'eksd-rebuild verify v1-30-eks-5 --project org/tool --platform linux/amd64 --fresh --report part.json',
  );
});

test('a run that tried other builds is not said to have done nothing', () => {
  const tried = ['1.21.8', '1.21.9'].map(
    (go) => ({ rule: 'go', what: `Go ${go}`, result: 'different' }) as const,
  );
  const explanation = {
    rule: 'go',
    cause: 'Another Go.',
    evidence: [],
    confidence: 'low',
    fix: 'Look.',
    tried,
  } as const;
  const different = { verdict: 'different', found: sha('x'), explanation } as const;
  const files = [fileVerdict(different), fileVerdict({ ...different, name: 'of-the-same-build' })];
  const node = {
    ...{ id: 'a', kind: 'go-build', title: '', projects: ['org/tool'], needs: [], notes: [], commands: [] },
    end: { status: 'cached' },
  } as const;
  const shown = text(renderPage(reportJson(runReport(files, { nodes: [node] }))));
  assert.not.match(shown, 'Nothing was done');
  assert.match(shown, 'To find causes, 2 other ways to build were tried.');
});

test.run();
