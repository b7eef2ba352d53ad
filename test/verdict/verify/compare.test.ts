import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LockedProject } from '../../../orchestrator/config/lock/lock.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import type { Platform } from '../../../orchestrator/core/platform.ts';
import type { NodeBuild } from '../../../orchestrator/verdict/verify/build-outcome.ts';
import { type ComparisonInput, compareProject } from '../../../orchestrator/verdict/verify/compare.ts';
import { lockedWith, sha, treeOf } from '../../rig/verdicts.ts';

const amd = 'linux/amd64' as Platform;

function compare(locked: LockedProject, builds: readonly NodeBuild[], given: Partial<ComparisonInput> = {}) {
  return compareProject({
    project: 'org/tool',
    locked,
    platforms: 'all',
    builds: new Map(builds.length === 0 ? [] : [[amd, builds]]),
    userPatches: false,
    ...given,
  });
}

/** `name: verdict`, and a mark where the file is comparable. */
function told(verdicts: ReturnType<typeof compareProject>): readonly string[] {
  return verdicts.map(
    ({ name, verdict, comparable }) => `${name}: ${verdict}${comparable ? ', comparable' : ''}`,
  );
}

function built(...files: readonly string[]): NodeBuild {
  return { node: 'build', outcome: { status: 'built', entries: treeOf(...files) } };
}

function failed(failure: Failure, makes?: readonly string[], node = 'build'): NodeBuild {
  return { node, outcome: { status: 'failed', failure }, ...(makes === undefined ? {} : { makes }) };
}

const broken: Failure = {
  reason: 'command-failed',
  command: 'go build .',
  exitCode: 1,
  signal: undefined,
  output: '',
};
const offline: Failure = { reason: 'network', what: 'cloning', detail: 'reset' };

test('a file with the published hash is identical, whatever the authority of the hash', () => {
  for (const authority of ['built', 'unchecked', 'copied'] as const) {
    const [verdict] = compare(lockedWith(['linux/amd64 tool=a'], authority), [built('tool=a')]);
    assert.is(verdict?.verdict, 'identical');
    assert.is(verdict?.comparable, true);
    assert.is(verdict?.authority, authority);
    assert.is(verdict?.where, 'projects/org/tool/1-30/CHECKSUMS:1');
    assert.is(verdict?.node, 'build');
  }
});

test('a file with another hash differs where upstream compared its own, and shows a stale hash where it did not', () => {
  const [trusted] = compare(lockedWith(['linux/amd64 tool=a']), [built('tool=b')]);
  assert.is(trusted?.verdict, 'different');
  assert.is(trusted?.comparable, true);
  assert.is(trusted?.expected, sha('a'));
  assert.is(trusted?.found, sha('b'));
  for (const authority of ['unchecked', 'copied'] as const) {
    const [verdict] = compare(lockedWith(['linux/amd64 tool=a'], authority), [built('tool=b')]);
    assert.is(verdict?.verdict, 'stale-expectation');
    assert.is(verdict?.comparable, false);
    assert.match(verdict?.why ?? '', 'projects/org/tool/Makefile:7');
  }
});

test('what we built and no hash names, and what a hash names and we did not build', () => {
  const verdicts = compare(lockedWith(['linux/amd64 tool=a', 'linux/amd64 gone=b']), [
    built('tool=a', 'extra=c'),
  ]);
  assert.equal(told(verdicts), [
    'extra: no-expectation',
    'gone: build-failed, comparable',
    'tool: identical, comparable',
  ]);
  assert.is(verdicts[0]?.found, sha('c'));
  assert.is(verdicts[0]?.authority, 'absent');
  assert.is(verdicts[1]?.expected, sha('b'));
});

test('a link in place of a file is no file', () => {
  const entries = [{ type: 'link', path: 'tool', target: 'elsewhere' }] as const;
  const [verdict] = compare(lockedWith(['linux/amd64 tool=a']), [
    { node: 'build', outcome: { status: 'built', entries } },
  ]);
  assert.is(verdict?.verdict, 'build-failed');
  assert.match(verdict?.why ?? '', 'link');
});

test('without CHECKSUMS every file that was built is told', () => {
  const { checksums: _, ...locked } = lockedWith([]);
  assert.equal(told(compare(locked, [built('b=1', 'a=2')])), ['a: no-expectation', 'b: no-expectation']);
});

test("with patches of the user's own nothing is comparable, not even a failure", () => {
  const locked = lockedWith(['linux/amd64 tool=a', 'linux/amd64 other=b']);
  const builds = [built('tool=a'), failed(broken, ['other'], 'second')];
  const verdicts = compare(locked, builds, { userPatches: true });
  assert.equal(told(verdicts), ['other: build-failed', 'tool: no-expectation']);
  assert.is(verdicts[1]?.expected, undefined);
  assert.is(verdicts[1]?.found, sha('a'));
});

test('no recipe: not built, and not comparable', () => {
  const verdicts = compare(lockedWith(['linux/amd64 tool=a', 'windows/amd64 tool.exe=b']), [built('tool=a')]);
  assert.equal(told(verdicts), ['tool: identical, comparable', 'tool.exe: not-built']);
  assert.match(verdicts[1]?.why ?? '', 'windows/amd64');
  assert.equal(told(compare(lockedWith(['linux/amd64 tool=a']), [])), ['tool: not-built']);
});

test('only selected platforms are told', () => {
  const locked = lockedWith(['linux/amd64 tool=a', 'linux/arm64 tool=b']);
  const verdicts = compare(locked, [], { platforms: ['linux/arm64'] });
  assert.equal(
    verdicts.map(({ platform }) => platform),
    ['linux/arm64'],
  );
});

test('a failure leaves its files unmade: ours stay comparable where the hash is trusted', () => {
  const locked = lockedWith(['linux/amd64 tool=a']);
  assert.equal(told(compare(locked, [failed(broken)])), ['tool: build-failed, comparable']);
  assert.equal(told(compare(locked, [failed(offline)])), ['tool: infra-failed, comparable']);
  assert.equal(told(compare(lockedWith(['linux/amd64 tool=a'], 'unchecked'), [failed(broken)])), [
    'tool: build-failed',
  ]);
  const refused: Failure = { reason: 'toolchain-unavailable', version: '1.21.10', detail: '403' };
  assert.equal(told(compare(locked, [failed(refused)])), ['tool: toolchain-unavailable']);
});

test('a need that failed is named, and its failure decides', () => {
  const because = { node: 'source org/tool', failure: offline };
  const [verdict] = compare(lockedWith(['linux/amd64 tool=a']), [
    { node: 'build', outcome: { status: 'skipped', because } },
  ]);
  assert.is(verdict?.verdict, 'infra-failed');
  assert.is(verdict?.node, 'build');
  assert.is(verdict?.failedNode, 'source org/tool');
  assert.match(verdict?.why ?? '', 'It needs source org/tool, which failed.');
});

test('an abort is no failure of the build', () => {
  const [verdict] = compare(lockedWith(['linux/amd64 tool=a']), [
    { node: 'build', outcome: { status: 'aborted' } },
  ]);
  assert.is(verdict?.verdict, 'infra-failed');
  assert.is(verdict?.failure?.reason, 'aborted');
});

test('of several nodes the one that makes the file answers for it', () => {
  const locked = lockedWith(['linux/amd64 server=a', 'linux/amd64 client=b', 'linux/amd64 other=c']);
  const verdicts = compare(locked, [
    failed(offline, ['client'], 'client build'),
    failed(broken, ['server'], 'server build'),
  ]);
  assert.equal(
    verdicts.map(({ name, failedNode }) => `${name}: ${failedNode}`),
    ['client: client build', 'other: undefined', 'server: server build'],
  );
});

test('a failure that no hash tells of is told for the files that the node makes, or for the node', () => {
  const locked = lockedWith([]);
  assert.equal(told(compare(locked, [failed(broken, ['a', 'b'])])), ['a: build-failed', 'b: build-failed']);
  assert.equal(told(compare(locked, [failed(broken)])), ['*: build-failed']);
});

test('two nodes that one failure stopped do not tell it twice', () => {
  const because = { node: 'toolchain', failure: offline };
  const skipped = (node: string): NodeBuild => ({ node, outcome: { status: 'skipped', because } });
  const verdicts = compare(lockedWith(['linux/amd64 tool=a']), [skipped('first'), skipped('second')]);
  assert.equal(told(verdicts), ['tool: infra-failed, comparable']);
});

test.run();
