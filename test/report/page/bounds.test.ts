import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderPage } from '../../../orchestrator/report/page/page.tsx';
import { reportJson } from '../../../orchestrator/report/report-json.ts';
import type { NodeReport } from '../../../orchestrator/report/run-report.ts';
import { fileVerdict, runReport } from '../../rig/verdicts.ts';

const empty = { kind: 'go-build', title: '', needs: [], notes: [], commands: [] } as const;

/** Tasks of one project each, a second each, in two at a time. */
function tasks(count: number, given: Partial<NodeReport> = {}): readonly NodeReport[] {
  return Array.from({ length: count }, (_, at) => ({
    ...empty,
    id: `go-build org/p${at % 30} ${at}`,
    projects: [`org/p${at % 30}`],
    needs: at < 2 ? [] : [`go-build org/p${(at - 2) % 30} ${at - 2}`],
    end: { status: 'ran' },
    began: Math.floor(at / 2),
    seconds: 1,
    secondsWhenRun: 1,
    ...given,
  }));
}

test('of three thousand tasks the picture has a row a project, and a few of the way', () => {
  const report = runReport([fileVerdict()], { nodes: tasks(3000), seconds: 1500 });
  const page = renderPage(reportJson(report));
  const [, section = ''] = page.split('<h2 id="run">');
  const [shown = ''] = section.split('</section>');
  assert.is(shown.split('<tr').length - 1, 1 + 40 + 1 + 1 + 30);
  assert.ok(shown.length < 100_000, String(shown.length));
  assert.match(shown, 'and 1460 shorter ones');
});

/** Texts that are as long, and those that grow most where they are made harmless. */
for (const [what, content, count] of [
  ['letters', 'x', 5000],
  ['marks that turn text round', '\u202e\u2066', 1500],
] as const) {
  test(`${count} failures with names and messages of up to ten thousand ${what} stay below twelve megabytes`, () => {
    // Of the shorter ones, too, no more is shown than of the longest.
    const [long, short] = [10_000, 700].map((length) => content.repeat(Math.ceil(length / content.length)));
    const evil = (at: number) => `${at}<b>\u202e\u0007${at % 50 === 0 ? long : short}${at}`;
    const verdicts = Array.from({ length: count }, (_, at) =>
      fileVerdict({
        project: `org/${evil(at % 50)}`,
        name: evil(at),
        verdict: 'build-failed',
        why: evil(at),
        node: `go-build ${evil(at)}`,
        failedNode: `go-build ${evil(at)}`,
        failure: {
          reason: 'command-failed',
          command: evil(at),
          exitCode: 1,
          signal: undefined,
          output: `${evil(at)}\nthe end of ${at}`,
        },
      }),
    );
    const nodes = verdicts.slice(0, 3000).map(
      ({ project, node = '', failure }, at): NodeReport => ({
        ...empty,
        id: node,
        title: evil(at),
        projects: [project],
        end: failure === undefined ? { status: 'ran' } : { status: 'failed', failure },
        began: at,
        seconds: 1,
      }),
    );
    const page = renderPage(reportJson(runReport(verdicts, { nodes })));
    const bytes = Buffer.byteLength(page);
    assert.ok(bytes < 12_000_000, String(bytes));
    for (const raw of ['<b>', '\u202e', '\u2066', '\u0007', '\u001b'])
      assert.not.ok(page.includes(raw), JSON.stringify(raw));
    const ids = [...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    assert.is(new Set(ids).size, ids.length, 'texts that are cut stay apart');
    const known = new Set(ids);
    for (const [, to] of page.matchAll(/ href="#([^"]*)"/g)) assert.ok(known.has(to), to);
    assert.is(page.split('data-verdict="build-failed"').length - 1, count, 'each file has its line');
    assert.match(page, 'the end of 0');
    assert.match(page, 'more characters in the JSON file');
  });
}

test('a run that did nothing says so, with what it had taken', () => {
  const nodes = tasks(4, { end: { status: 'cached' }, seconds: 0, secondsWhenRun: 30 });
  const page = renderPage(reportJson(runReport([fileVerdict()], { nodes })));
  assert.match(page, '4 tasks: 4 from the store.');
  assert.match(page, 'Nothing was done: all of it was in the store. It had taken 2m 00s of work.');
  assert.not.match(page, '<svg class="span"');
});

test.run();
