import * as assert from 'uvu/assert';
import { readLock, renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import { fillCommits, resolveCommits, type TagsOf } from '../../orchestrator/release/commits.ts';
import { samplePins } from '../rig/pins.ts';
import { suite } from '../rig/suite.ts';

const test = suite('commits of source tags');

const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
const remote =
  (tags: Readonly<Record<string, string>>): TagsOf =>
  async () =>
    new Map(Object.entries(tags));
const outOfReach: TagsOf = async () => undefined;

function pins(commit: string, tag = 'v1.2.3') {
  const sample = samplePins();
  const project = sample.projects['org/tool'];
  if (project === undefined) throw new Error('no project');
  return { ...sample, projects: { 'org/tool': { ...project, commit, tag } } };
}

function lock(commit: string, tag?: string) {
  const read = readLock('lock', renderLock(pins(commit, tag)));
  if (!read.ok) throw new Error(JSON.stringify(read.error));
  return read.value;
}

const scenarios: readonly (readonly [
  what: string,
  tagsOf: TagsOf,
  earlier: string | undefined,
  expected: string,
])[] = [
  ['the remote has the tag', remote({ 'v1.2.3': one }), undefined, one],
  ['the remote has it, and so had the lock', remote({ 'v1.2.3': one }), one, one],
  ['the lock could not know', remote({ 'v1.2.3': one }), 'unresolved', one],
  ['the tag was made public since', remote({ 'v1.2.3': one }), 'absent', one],
  ['the remote lacks the tag', remote({ 'v1.2.4': one }), undefined, 'absent'],
  ['the remote is out of reach', outOfReach, undefined, 'unresolved'],
  ['the remote is out of reach, and the lock knows', outOfReach, one, one],
  ['the remote is out of reach, and the lock knows that there is none', outOfReach, 'absent', 'absent'],
];
for (const [what, tagsOf, earlier, expected] of scenarios) {
  test(`${what}: ${expected.slice(0, 10)}`, async () => {
    const filled = await fillCommits(
      pins('unresolved'),
      tagsOf,
      earlier === undefined ? undefined : lock(earlier),
    );
    assert.is(filled.ok && filled.value.projects['org/tool']?.commit, expected);
  });
}

test('a tag that moved is an error that shows both commits', async () => {
  const filled = await fillCommits(pins('unresolved'), remote({ 'v1.2.3': two }), lock(one));
  const repository = 'https://example.com/org/tool.git';
  assert.equal(filled, {
    ok: false,
    error: { reason: 'moved-tag', repository, tag: 'v1.2.3', locked: one, found: two },
  });
});

test('so is one that is gone', async () => {
  const filled = await fillCommits(pins('unresolved'), remote({}), lock(one));
  assert.is(filled.ok ? '' : filled.error.reason, 'moved-tag');
});

test('the commit of another tag says nothing', async () => {
  const filled = await fillCommits(pins('unresolved'), remote({ 'v1.2.3': two }), lock(one, 'v1.2.2'));
  assert.is(filled.ok && filled.value.projects['org/tool']?.commit, two);
  const unasked = await fillCommits(pins('unresolved'), outOfReach, lock(one, 'v1.2.2'));
  assert.is(unasked.ok && unasked.value.projects['org/tool']?.commit, 'unresolved');
});

test('on first use only what is open and wanted is asked for', async () => {
  const asked: string[] = [];
  const tagsOf: TagsOf = async (repository) => {
    asked.push(repository);
    return new Map([['v1.2.3', one]]);
  };
  assert.is(await resolveCommits(pins(two), ['org/tool'], tagsOf), undefined);
  assert.is(await resolveCommits(pins('unresolved'), [], tagsOf), undefined);
  assert.equal(asked, []);
  const resolved = await resolveCommits(pins('unresolved'), ['org/tool'], tagsOf);
  assert.is(resolved?.projects['org/tool']?.commit, one);
  assert.equal({ ...resolved, projects: {} }, { ...pins('unresolved'), projects: {} });
  assert.is(await resolveCommits(pins('unresolved'), ['org/tool'], outOfReach), undefined);
});

test.run();
