import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { type Isolation, noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createLimiter } from '../../orchestrator/tool/process/limits.ts';
import { probeSandbox } from '../../orchestrator/tool/process/probe-sandbox.ts';
import type { Command } from '../../orchestrator/tool/process/process.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import type { Sandbox } from '../../orchestrator/tool/process/sandbox.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';

/** What a task may try to reach the machine by: each of it works outside of the sandbox, as root at least, and not inside. */
const test = suite<{ folder: string; isolation: Isolation; stranger: ChildProcess }>('sandbox');

const path = process.env['PATH'] ?? '';
const now = () => performance.now();
const limiter = createLimiter(process.pid);
const abstract = `eksd-sandbox-${process.pid}`;

/** Python that answers at a socket which has a name and no path. */
const serve = (name: string) => `
import socket
s = socket.socket(socket.AF_UNIX)
s.bind('\\0${name}')
s.listen()
print('ready', flush=True)
while True:
    s.accept()[0].sendall(b'hiddensocketword')
`;

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
  defer(() => rmSync(folder, { recursive: true }));
  writeFiles(folder, { 'outside/key': 'hiddenkeyword\n', 'input/file': 'input\n', 'scratch/here': '' });
  const runIn = (sandbox: Sandbox) => createRunProcess({ isolation: { ...noIsolation, sandbox }, now });
  const platform = process.arch === 'arm64' ? 'linux/arm64' : 'linux/amd64';
  const found = await probeSandbox(runIn, path, { uid: process.getuid?.(), platform, limiter });
  assert.equal(found.missing, [], 'all of the sandbox has to be in force here');
  const stranger = spawn('python3', ['-c', serve(abstract)], {
    env: { PATH: path, SECRET: 'hiddenenvironmentword' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  defer(() => stranger.kill('SIGKILL'));
  const server = createServer((socket) => socket.end('hiddensocketword'));
  server.listen(join(folder, 'outside', 'socket'));
  defer(() => server.close());
  await once(stranger.stdout, 'data');
  Object.assign(context, { folder, stranger, isolation: { ...noIsolation, ...found, limiter } });
});

/** A script of sh, inside and outside, with an input, a scratch and the tools that it calls. */
async function attempt(
  { folder, isolation }: { readonly folder: string; readonly isolation: Isolation },
  program: 'sh' | 'python3',
  script: string,
  more: Partial<Command> = {},
) {
  const command: Command = {
    ...{ program, args: ['-c', script], cwd: join(folder, 'scratch'), env: { PATH: path }, network: 'none' },
    ...more,
  };
  const sees = {
    reads: [join(folder, 'input')],
    writes: [join(folder, 'scratch')],
    calls: ['/bin/sh', 'cat', 'ls', 'nsenter', 'unshare', 'mount', 'mknod', 'mkdir', 'ln', 'sleep'],
  };
  const [inside, outside] = [
    await createRunProcess({ isolation, now })({ ...command, sees }),
    await createRunProcess({ isolation: noIsolation, now })(command),
  ];
  assert.is(inside.sandbox, 'whole');
  return { inside, outside };
}

/** Python that makes a system call by its number on x86-64, and prints what came of it. */
const call = (...words: readonly (string | number)[]) => `
import ctypes, os
c = ctypes.CDLL(None, use_errno=True)
r = c.syscall(${words.join(', ')})
print('done' if r >= 0 else os.strerror(ctypes.get_errno()))
`;

const connect = (address: string) => `
import socket
s = socket.socket(socket.AF_UNIX)
s.connect(${address})
print(s.recv(100))
`;

test('a folder that a command does not see is an empty one to it', async (context) => {
  const { inside, outside } = await attempt(context, 'sh', 'pwd; ls', {
    cwd: join(context.folder, 'outside'),
  });
  assert.match(outside.stdout, 'key');
  assert.is(inside.stdout, `${join(context.folder, 'outside')}\n`);
});

/** By name: what is tried, given the folder of it all and a process of somebody else's, and what shows that it worked. */
const tricks: Readonly<
  Record<string, (folder: string, pid: number) => readonly ['sh' | 'python3', string, RegExp]>
> = {
  'a file of the machine': (folder) => ['sh', `cat ${folder}/outside/key`, /hiddenkeyword/],
  'passwords of users': () => ['sh', 'cat /etc/passwd', /root/],
  "another process' environment": (_, pid) => ['sh', `cat /proc/${pid}/environ`, /hiddenenvironmentword/],
  "another process' root": (folder, pid) => [
    'sh',
    `cat /proc/${pid}/root${folder}/outside/key`,
    /hiddenkeyword/,
  ],
  'a socket by its path': (folder) => ['python3', connect(`'${folder}/outside/socket'`), /hiddensocketword/],
  'a socket without a path': () => ['python3', connect(`'\\0${abstract}'`), /hiddensocketword/],
  'a signal for another process': (_, pid) => ['sh', `kill -0 ${pid} && echo done`, /done/],
  "another process' namespaces": (folder, pid) => [
    'sh',
    `nsenter --target ${pid} --mount cat ${folder}/outside/key`,
    /hiddenkeyword/,
  ],
  'a namespace of its own': () => ['sh', 'unshare --user --map-root-user true && echo done', /done/],
  'a mount': () => ['sh', 'mkdir -p m; unshare --mount mount -t tmpfs none m && echo done', /done/],
  'a device': (folder) => ['sh', `mknod ${folder}/scratch/null-$$ c 1 3 && echo done`, /done/],
  'a file that is written elsewhere': (folder) => [
    'sh',
    `echo x >${folder}/outside/written && echo done`,
    /done/,
  ],
  'a file that is written by a link': (folder) => [
    'sh',
    `ln -sfn ${folder}/outside l; echo x >l/linked && echo done`,
    /done/,
  ],
  'an input that is changed': (folder) => ['sh', `echo input >${folder}/input/file && echo done`, /done/],
  'a setting of the kernel': () => ['sh', ': >>/proc/sys/kernel/core_pattern && echo done', /done/],
  'a port of this machine': () => [
    'python3',
    'import socket; socket.socket(socket.AF_INET).bind(("127.0.0.1", 0)); print("done")',
    /done/,
  ],
  tracing: (_, pid) => [
    'python3',
    `${call(101, 16, pid, 0, 0)}c.waitpid(${pid}, None, 0x40000000)\nc.syscall(101, 17, ${pid}, 0, 0)\n`,
    /done/,
  ],
  'a key of the kernel': () => ['python3', call(248, "b'user'", "b'eksd'", "b'x'", 1, -2), /done/],
  'a fault handler': () => ['python3', call(323, 0), /done/],
};

for (const [name, trick] of Object.entries(tricks)) {
  test(`${name}: out of reach inside, and not outside`, async (context) => {
    const [program, script, worked] = trick(context.folder, context.stranger.pid ?? 0);
    const { inside, outside } = await attempt(context, program, script);
    assert.match(outside.stdout, worked, outside.stderr);
    assert.not.match(inside.stdout + inside.stderr, worked);
  });
}

test('what it is given is there, and nothing else of the machine', async (context) => {
  const { inside } = await attempt(
    context,
    'sh',
    `cat ${context.folder}/input/file; echo made >made; ls /; ls ${context.folder}; echo $PATH`,
  );
  const tops = ['bin', 'dev', 'etc', 'lib', 'lib32', 'lib64', 'libx32', 'proc', 'sbin', 'usr'];
  const lines = inside.stdout.split('\n');
  const others = lines.slice(1, lines.indexOf('input', 1)).filter((each) => !tops.includes(each));
  assert.equal(others, [context.folder.split('/')[1]], inside.stdout);
  assert.is(lines[0], 'input');
  assert.match(inside.stdout, /\ninput\nscratch\n/);
  assert.ok(existsSync(join(context.folder, 'scratch', 'made')));
  assert.is(lines.at(-2), path);
});

test('processes without end: as many as are allowed, and all are gone afterwards', async (context) => {
  const script = `
import os, time
count = 0
try:
    while count < 200:
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
        count += 1
except OSError:
    pass
print('all' if count == 200 else 'refused', flush=True)
os.kill(0, 9)
`;
  const limits = { seconds: 60, shared: { memory: 2 ** 30, processes: 100 } };
  const { inside, outside } = await attempt(context, 'python3', script, { limits });
  assert.equal([inside.stdout, outside.stdout], ['refused\n', 'all\n'], inside.stderr);
});

test('memory without end: no more than is allowed', async (context) => {
  const limits = { seconds: 60, shared: { memory: 128 * 1024 ** 2, processes: 100 } };
  const script = 'x = bytearray(256 * 1024 ** 2); print("had it")';
  const { inside, outside } = await attempt(context, 'python3', script, { limits });
  assert.equal([inside.stdout, outside.stdout], ['', 'had it\n']);
});

test('time without end: ended, and said so', async (context) => {
  const limits = { seconds: 0.5, shared: { memory: 2 ** 30, processes: 100 } };
  const run = createRunProcess({ isolation: context.isolation, now });
  const command: Command = {
    ...{ program: 'sleep', args: ['60'], cwd: '/', env: { PATH: path }, network: 'none' },
    ...{ sees: {}, limits },
  };
  const ended = await run(command);
  assert.equal([ended.timedOut, ended.aborted], [0.5, false]);
  assert.ok(ended.seconds < 20);
});

test('a folder is seen at another path, which need not be there', async (context) => {
  const mounted = { folder: join(context.folder, 'scratch'), at: '/not-there/a/b', scratch: '' };
  mkdirSync(join(context.folder, 'scratch', 'sub'));
  const run = createRunProcess({ isolation: context.isolation, now });
  const seen = await run({
    ...{ program: '/bin/sh', args: ['-c', 'pwd; echo x >made-there'], cwd: '/not-there/a/b/sub' },
    ...{ env: { PATH: path }, network: 'none', mounted, sees: { writes: [mounted.folder] } },
  });
  assert.equal([seen.exitCode, seen.stdout], [0, '/not-there/a/b/sub\n'], seen.stderr);
  assert.ok(existsSync(join(context.folder, 'scratch', 'sub', 'made-there')));
  assert.not.ok(existsSync('/not-there'));
});

test.run();
