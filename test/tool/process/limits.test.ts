import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createLimiter, type GroupFiles } from '../../../orchestrator/tool/process/limits.ts';
import { suite } from '../../rig/suite.ts';
import { writeFiles } from '../../rig/world.ts';

const test = suite<{ folder: string }>('limits');
test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'limits-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

const limits = { memory: 2048, processes: 10 };

/** A process that is not there: the largest number that Linux gives is 2^22. */
const pid = 9999999;
const namespace = '402';

test('version 1: a group for each controller, below the own one', ({ folder }) => {
  mkdirSync(join(folder, 'memory', 'mine'), { recursive: true });
  mkdirSync(join(folder, 'pids'));
  const own = '8:cpu,cpuacct:/x\n5:pids:/\n4:memory:/mine\n0::/\n';
  const limiter = createLimiter(pid, { root: folder, own, namespace });
  assert.ok(limiter.hasGroups);
  const { prefix } = limiter.enter(limits);
  const [memory = '', pids = ''] = prefix.slice(-2);
  assert.equal(
    [memory, pids].map((each) => each.startsWith(folder)),
    [true, true],
  );
  assert.is(readFileSync(join(memory, 'memory.limit_in_bytes'), 'utf8'), '2048');
  assert.is(readFileSync(join(pids, 'pids.max'), 'utf8'), '10');
  assert.match(memory, /\/memory\/mine\/eksd-rebuild-402-9999999-/);
});

test('version 2: one group, below the nearest that hands both controllers on', ({ folder }) => {
  writeFiles(folder, {
    'cgroup.controllers': 'cpu memory pids\n',
    'cgroup.subtree_control': 'memory pids\n',
    'user.slice/cgroup.subtree_control': 'cpu memory pids\n',
    'user.slice/session.scope/cgroup.subtree_control': '\n',
  });
  const limiter = createLimiter(pid, { root: folder, own: '0::/user.slice/session.scope\n', namespace });
  const group = limiter.enter(limits).prefix.at(-1) ?? '';
  assert.match(group, /\/user\.slice\/eksd-rebuild-402-9999999-/);
  assert.equal(
    ['memory.max', 'pids.max'].map((name) => readFileSync(join(group, name), 'utf8')),
    ['2048', '10'],
  );
});

test('without a group that may be used each process is limited, and the command runs all the same', ({
  folder,
}) => {
  const cases: readonly GroupFiles[] = [
    { root: folder, own: '', namespace },
    { root: folder, own: '4:memory:/gone\n5:pids:/gone\n', namespace },
    { root: join(folder, 'nothing'), own: '0::/\n', namespace },
  ];
  for (const files of cases) {
    const limiter = createLimiter(pid, files);
    assert.is(limiter.hasGroups, false);
    assert.equal(limiter.enter(limits).prefix.slice(-2), ['2', '10']);
  }
  assert.equal(readdirSync(folder), []);
});

test('a group is there while a command is in it; what a process left that is gone goes with it', ({
  folder,
}) => {
  const [left, elsewhere] = ['eksd-rebuild-402-9999998-1-2', 'eksd-rebuild-403-9999998-1-2'];
  for (const each of ['memory', `pids/${left}`, `pids/${elsewhere}`, 'pids/other'])
    mkdirSync(join(folder, each), { recursive: true });
  // Of the kernel's own groups the files go with the folder; here a group with files in it would stay.
  const limiter = createLimiter(pid, { root: folder, own: '5:pids:/\n4:memory:/\n', namespace });
  // Of another namespace's processes nobody knows here whether they live.
  assert.equal(
    [left, elsewhere, 'other'].map((name) => existsSync(join(folder, 'pids', name))),
    [false, true, true],
  );
  const [one, two] = [limiter.enter(limits), limiter.enter(limits)];
  const group = one.prefix.at(-1) ?? '';
  assert.is(two.prefix.at(-1), group);
  rmSync(join(group, 'pids.max'));
  one.leave();
  assert.ok(existsSync(group));
  two.leave();
  assert.not.ok(existsSync(group));
});

test.run();
