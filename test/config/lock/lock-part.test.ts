import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readLock, renderLock } from '../../../orchestrator/config/lock/lock-file.ts';
import { lockOfPart, lockPartSchema, partOfLock } from '../../../orchestrator/config/lock/lock-part.ts';
import { samplePins } from '../../rig/pins.ts';

const pins = structuredClone(samplePins());
const [tool] = Object.values(pins.projects);
if (tool?.go === undefined) throw new Error('the sample has no project');
const build = {
  version: '1.20',
  repository: 'https://example.com/go.git',
  commit: 'f'.repeat(40),
  patches: [],
};
pins.goBuilds = { used: build, other: build };
pins.goDownloads = {
  '1.20': { 'linux/amd64': 'a'.repeat(64) },
  '1.21.3': { 'linux/amd64': 'b'.repeat(64) },
};
pins.projects = {
  'org/tool': { ...tool, go: { ...tool.go, flavour: 'eks-go', build: 'used' } },
  'org/official': { ...tool, expectedFiles: { artifacts: { file: 'x', paths: ['a/b'] } } },
};
const lock = readLock('a.lock.yaml', renderLock(pins));
if (!lock.ok) throw new Error(JSON.stringify(lock.error));
const whole = lock.value;

test('what a project is built from, and nothing of others', () => {
  const part = partOfLock(whole, ['org/tool'], []);
  assert.equal(Object.keys(part.projects), ['org/tool']);
  assert.equal(Object.keys(part.goBuilds ?? {}), ['used']);
  assert.equal(Object.keys(part.goDownloads ?? {}), ['1.20']);
  assert.equal(part.baseImages, []);
  const official = partOfLock(
    { ...whole, goDownloads: undefined },
    ['org/official'],
    ['eks-distro-minimal-base'],
  );
  assert.not.ok('goBuilds' in official || 'goDownloads' in official);
  assert.not.ok('expectedFiles' in (official.projects['org/official'] ?? {}));
  assert.is(official.baseImages.length, 1);
});

test('it is read again as it was, and a part of it is the same part', () => {
  const part = partOfLock(whole, ['org/tool'], []);
  const again = lockOfPart(lockPartSchema.parse(JSON.parse(JSON.stringify(part))), whole.digest);
  assert.equal(again.projects['org/tool'], whole.projects['org/tool']);
  assert.is(again.digest, whole.digest);
  assert.equal(partOfLock(again, ['org/tool'], []), part);
});

test.run();
