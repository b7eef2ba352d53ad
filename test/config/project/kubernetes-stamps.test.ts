import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kubernetesStamps } from '../../../orchestrator/config/project/kubernetes-stamps.ts';
import { resolvePlaceholders, type SourceFacts } from '../../../orchestrator/task/source/facts.ts';

const facts: SourceFacts = {
  tag: 'v1.30.1',
  commit: '6911225c3f747e1cd9d109c305436d08b668f086',
  head: 'e564799aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  headCommitterDate: '2023-11-20T09:54:16-08:00',
  headUnixTime: 1700502856,
  headAuthorUnixTime: 1700416456,
  commitUnixTime: 1715756712,
  tagObject: 'f'.repeat(40),
  shortTag: 'fffffff',
  shortCommit: '6911225c3f7',
  shortHead: 'e564799',
  describe: 'v1.30.1',
};

/** What a program says of itself. */
function stamped(...[rule, tag, branch, patched]: Parameters<typeof kubernetesStamps>): readonly string[] {
  return Object.values(kubernetesStamps(rule, tag, branch, patched)).map((text) =>
    resolvePlaceholders(text, { ...facts, tag }),
  );
}

const byTag = '6911225c3f747e1cd9d109c305436d08b668f086';

test('E3: the commit of the tag, and the day of the patches', () => {
  assert.equal(stamped('E3', 'v1.18.20', '1-18', '2021-09-21T05:14:40Z'), [
    ...['2021-09-21T05:14:40Z', '1632201280', byTag, 'clean', 'v1.18.20-eks-1-18', '1', '18+'],
  ]);
});

test("E4 and E5: the author's date of the last patch, not the committer's", () => {
  for (const rule of ['E4', 'E5'] as const) {
    assert.equal(stamped(rule, 'v1.20.11', '1-20', undefined), [
      ...['2023-11-19T17:54:16Z', '1700416456', byTag, 'clean', 'v1.20.11-eks-1-20', '1', '20+'],
    ]);
  }
});

test("E6: the patched commit, the date of the tag's, and the minor of the plain tag", () => {
  assert.equal(stamped('E6', 'v1.30.1', '1-30', undefined), [
    ...['2024-05-15T07:05:12Z', '1715756712', facts.head, 'archive', 'v1.30.1-eks-e564799', '1', '30'],
  ]);
});

test('E6 of a pre-release: its minor has a plus', () => {
  assert.equal(stamped('E6', 'v1.34.0-rc.0', '1-34', undefined).slice(4), [
    ...['v1.34.0-rc.0-eks-e564799', '1', '34+'],
  ]);
});

test.run();
