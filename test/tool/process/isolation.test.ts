import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isolationOf, noIsolation, probeIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import type { Command, ProcessOutcome, RunProcess } from '../../../orchestrator/tool/process/process.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';

const searchPath = process.env['PATH'] ?? '';
const plain = createRunProcess({ isolation: noIsolation, now: Date.now });

const header = 'Inter-|   Receive    |  Transmit\n face |bytes    packets errs|bytes\n';
const ended = {
  exitCode: 0,
  signal: undefined,
  spawnError: undefined,
  aborted: false,
  stderr: '',
  seconds: 0,
};

/** A machine on which a command line works, or does not, as `allows` says; inside a network namespace is only `lo`. */
function machine(allows: (line: string) => boolean, interfaces = ['lo']): RunProcess {
  return async (command): Promise<ProcessOutcome> => {
    const line = [command.program, ...command.args].join(' ');
    if (!allows(line)) return { ...ended, exitCode: 1, stdout: '', stderr: `not allowed\n` };
    const seen = line.includes('--net') ? interfaces : ['lo', 'eth0'];
    return { ...ended, stdout: header + seen.map((name) => `  ${name}:  0 0 0\n`).join('') };
  };
}

test('root gets a network and a process namespace', async () => {
  const isolation = await probeIsolation(
    machine(() => true),
    searchPath,
  );
  assert.equal(
    [isolation.network, isolation.processes, isolation.diesWithParent],
    ['namespace', 'namespace', true],
  );
  assert.match(
    isolation.prefix.none.join(' '),
    /setpriv --pdeathsig KILL -- .*unshare --net --pid --fork --kill-child --$/,
  );
  assert.match(isolation.prefix.allowed.join(' '), /setpriv --pdeathsig KILL --$/);
});

test('another user gets them inside a user namespace', async () => {
  const isolation = await probeIsolation(
    machine((line) => !line.includes('--net') || line.includes('--user --map-current-user')),
    searchPath,
  );
  assert.is(isolation.network, 'namespace');
  assert.match(isolation.prefix.none.join(' '), /--user --map-current-user --net --pid/);
  assert.is(isolation.detail, '', 'nothing is missing');
});

test('where process namespaces are forbidden, the network namespace remains', async () => {
  const isolation = await probeIsolation(
    machine((line) => !line.includes('--pid ')),
    searchPath,
  );
  assert.equal([isolation.network, isolation.processes], ['namespace', 'none']);
});

test('where nothing works, nothing stands in front, and the reason is kept', async () => {
  const isolation = await probeIsolation(
    machine((line) => !/unshare|setpriv/.test(line)),
    searchPath,
  );
  assert.equal([isolation.network, isolation.diesWithParent], ['none', false]);
  assert.equal(isolation.prefix, { allowed: [], none: [] });
  assert.match(isolation.detail, /not allowed/);
});

test('a namespace that still has a way out does not count', async () => {
  const isolation = await probeIsolation(
    machine(() => true, ['lo', 'tap0']),
    searchPath,
  );
  assert.is(isolation.network, 'none');
  assert.match(isolation.detail, /tap0/);
});

test('a record says what was in force', () => {
  const command = { network: 'none' } as Command;
  assert.is(isolationOf(command, noIsolation), 'none');
  assert.is(isolationOf(command, { ...noIsolation, network: 'namespace' }), 'namespace');
  assert.is(
    isolationOf({ ...command, network: 'allowed' }, { ...noIsolation, network: 'namespace' }),
    'allowed',
  );
});

test('on this machine: where there is isolation, not even this machine can be reached from inside', async () => {
  const isolation = await probeIsolation(plain, searchPath);
  if (isolation.network === 'none') return;
  const run = createRunProcess({ isolation, now: Date.now });
  const server = createServer((socket) => socket.end('reached'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  const connect = {
    program: 'bash',
    args: ['-c', `exec 3<>/dev/tcp/127.0.0.1/${port} && cat <&3`],
    cwd: '/',
    env: { PATH: searchPath },
  };
  const [outside, inside] = [
    await run({ ...connect, network: 'allowed' }),
    await run({ ...connect, network: 'none' }),
  ];
  server.close();
  if (outside.spawnError !== undefined) return;
  assert.is(outside.stdout, 'reached');
  assert.equal([inside.exitCode, inside.stdout], [1, '']);
});

test('on this machine: a process that left its group ends too', async () => {
  const isolation = await probeIsolation(plain, searchPath);
  if (isolation.processes === 'none') return;
  const run = createRunProcess({ isolation, now: Date.now });
  const name = '0.3217';
  const script = `setsid sleep 9${name} >/dev/null 2>&1 & sleep 0.03; echo started`;
  const env = { PATH: searchPath };
  const outcome = await run({ program: 'sh', args: ['-c', script], cwd: '/', env, network: 'none' });
  assert.is(outcome.stdout, 'started\n');
  const isLeft = (pid: string): boolean => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`9${name}`);
    } catch {
      return false;
    }
  };
  assert.equal(
    readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && isLeft(pid)),
    [],
  );
});

test.run();
