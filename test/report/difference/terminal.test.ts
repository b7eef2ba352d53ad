import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { compareReleases } from '../../../orchestrator/release/difference/compare-releases.ts';
import { describeDifference } from '../../../orchestrator/report/difference/describe.ts';
import { terminalText } from '../../../orchestrator/report/difference/terminal.ts';
import { committedLock, committedRecipes } from '../../rig/committed-releases.ts';

const recipes = committedRecipes();
const sideOf = (release: string) => ({ lock: committedLock(release), recipes, ownPatches: new Map() });
const document = describeDifference(compareReleases(sideOf('v1-30-eks-5'), sideOf('v1-30-eks-39')));

test('no line is wider than the terminal, but for a word that is', () => {
  for (const columns of [40, 60, 80, 120]) {
    for (const line of terminalText(document, columns).split('\n')) {
      const isOneWord = !/\S \S/.test(line.trimStart().replace(/^(- )?\S+: /, ''));
      assert.ok(line.length <= columns || isOneWord, `${columns}: ${line}`);
    }
  }
});

test('a table without room is a line for each row', () => {
  const versions = { title: 'Versions', blocks: document.sections[0]?.blocks ?? [] };
  const text = terminalText({ title: ['t'], lead: [], sections: [versions] }, 50);
  assert.match(text, /\n {2}coredns\/coredns: v1\.11\.1 -> v1\.12\.1\n/);
});

test.run();
