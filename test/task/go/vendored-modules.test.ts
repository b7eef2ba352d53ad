import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { writeFiles } from '../../rig/world.ts';
import { downloads, run, said } from './fetching.ts';

/** What `go mod vendor` leaves in the module's folder, and in the module cache. */
function vendors(command: Command): Partial<ProcessOutcome> | undefined {
  if (command.args[1] === 'download') return said(command);
  if (command.args[1] !== 'vendor') return undefined;
  downloads({ ...command, args: ['list'] });
  writeFiles(command.cwd, { 'vendor/modules.txt': '', 'vendor/a.b/m/m.go': '', 'go.sum': 'sums' });
  return undefined;
}

test('where a vendor folder is compiled, it is what is kept, with go.mod and go.sum', async () => {
  const { commands, left, failure } = await run(vendors, { vendors: true, flags: [] });
  assert.is(failure, undefined);
  assert.equal(
    commands.slice(2).map(({ args }) => args.slice(0, 2)),
    [
      ['mod', 'vendor'],
      ['mod', 'download'],
    ],
  );
  assert.equal(left, ['module/go.sum', 'module/vendor/a.b/m/m.go', 'module/vendor/modules.txt']);
});

test('a module that is gone, and that only tests may need, does not keep the others from being vendored', async () => {
  const gone = { exitCode: 1, stderr: 'go: a.b/gone@v1.0.0: reading https://x: 410 Gone' };
  const answer = (command: Command) =>
    command.args[1] === 'vendor' && !command.args.includes('-e') ? gone : vendors(command);
  const { commands, failure } = await run(answer, { vendors: true, flags: [] });
  assert.is(failure, undefined);
  assert.equal(commands[3]?.args, ['mod', 'vendor', '-e']);
  const down = { exitCode: 1, stderr: 'dial tcp: i/o timeout' };
  const other = await run(({ args }) => (args[1] === 'vendor' ? down : undefined), { vendors: true });
  assert.is(other.failure?.reason, 'network');
  assert.is(other.commands.length, 3);
});

const committed = {
  'go.mod': 'module a.b/tool',
  'go.sum': `a.b/m v1.2.0 h1:one=
a.b/m v1.2.0/go.mod h1:no=
c.d/Fork v0.1.0-RC.1 h1:two=
e.f/tests v1.0.0 h1:three=
`,
  'vendor/modules.txt': `# a.b/m v1.2.0
a.b/m
# c.d/orig v0.0.9 => c.d/Fork v0.1.0-RC.1
c.d/orig/x
# g.h/near v0.0.0 => ./near
g.h/near
`,
  'vendor/a.b/m/m.go': 'package m',
};

test('what a project vendored itself stands in for a module that is gone, with the sums of go.sum', async () => {
  const stderr = 'go: a.b/gone@v1.0.0: reading https://x: 403 Forbidden';
  const answer = (command: Command) => (command.args[0] === 'list' ? { exitCode: 1, stderr } : undefined);
  const { left, contents, notes, failure } = await run(answer, {}, {}, committed);
  assert.is(failure, undefined);
  const download = 'gopath/pkg/mod/cache/download';
  const folder = ['go.mod', 'go.sum', 'vendor/a.b/m/m.go', 'vendor/modules.txt'];
  assert.equal(left, [
    `${download}/a.b/m/@v/v1.2.0.ziphash`,
    `${download}/c.d/!fork/@v/v0.1.0-!r!c.1.ziphash`,
    ...folder.map((path) => `module/${path}`),
  ]);
  assert.equal(contents.slice(0, 3), ['h1:one=', 'h1:two=', 'module a.b/tool']);
  assert.match(
    notes.join(),
    'no checksum database vouches for: module a.b/gone@v1.0.0 could not be fetched on 2',
  );
  const without = await run(answer);
  assert.is(without.failure?.reason, 'module-unavailable');
  const down = { exitCode: 1, stderr: 'dial tcp: i/o timeout' };
  const other = await run(({ args }) => (args[0] === 'list' ? down : undefined), {}, {}, committed);
  assert.is(other.failure?.reason, 'network');
});

test.run();
