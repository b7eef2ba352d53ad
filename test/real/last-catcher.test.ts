import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { clusterRelease, clusterWorld } from '../rig/cluster-world.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { compileProgram, type Program, programAt } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';

/** What reaches the edge of the program: faults of its own, refusals of the system, warnings of Node. */
const test = suite<{ world: ImageWorld; program: Program; home: string; folder: string }>('the last catcher');

const repository = fileURLToPath(new URL('../../', import.meta.url));

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'last-catcher-'));
  defer(() => rmSync(context.folder, { recursive: true }));
  defer(closeFakes);
  context.program = await compileProgram(context.folder);
  context.home = join(context.folder, 'package');
  context.world = await clusterWorld();
});

interface Given {
  /** Runs before the program, in its process. */
  readonly before?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Of a shell, before the program: `ulimit -n 20`. */
  readonly limit?: string;
}

/** Milliseconds, and what ends a program then. */
const last = { timeout: 60_000, killSignal: 'SIGKILL' } as const;

function run(
  { world, home }: { readonly world: ImageWorld; readonly home: string },
  argv: readonly string[],
  { before = '', env = {}, cwd = world.root, limit = 'true' }: Given = {},
) {
  const words = ['--import', `data:text/javascript,${encodeURIComponent(before)}`, join(home, 'dist/cli.js')];
  const options = { cwd, env: { ...world.host.env, ...env }, encoding: 'utf8', ...last } as const;
  const shell = ['-c', `${limit}; exec "$@"`, 'sh', process.execPath, ...words, ...argv];
  const { status, stdout, stderr } = spawnSync('sh', shell, options);
  return { code: status, stdout, stderr };
}

/** Has the first call of a function of `node:fs/promises` do something. */
const onFirst = (name: string, script: string) => `
  import fs from 'node:fs';
  import { syncBuiltinESMExports } from 'node:module';
  const real = fs.promises.${name};
  fs.promises.${name} = (...args) => {
    fs.promises.${name} = real;
    syncBuiltinESMExports();
    ${script}
    return real(...args);
  };
  syncBuiltinESMExports();
`;

const compare = ['compare', 'image', 'a', 'b'];

test('what nobody expected: a fault of this program, with all that its mending takes: 70', (context) => {
  writeFiles(context.world.root, {
    'eksd-fault.yaml': 'mirrors: { "https://x.example/": "https://me:canary-pw@y.example/" }\n',
  });
  const ran = run(context, [...compare, '--settings', 'eksd-fault.yaml'], {
    before: onFirst('mkdtemp', "throw new TypeError('no canary-pw of https://me:canary-pw@y.example/');"),
  });
  assert.is(ran.code, 70, ran.stderr);
  assert.is(ran.stdout, '');
  assert.match(
    ran.stderr,
    /^This is a fault of eksd-rebuild\.\nTypeError: no \*\*\* of https:\/\/y\.example\/\n/,
  );
  assert.match(ran.stderr, /\n +at .*\/orchestrator\/commands\/compare\/compare-image\.ts:[0-9]+:[0-9]+/);
  assert.match(ran.stderr, /\nversion: eksd-rebuild 0\.[0-9.]+.*, Node v[0-9.]+ on linux\/[a-z0-9]+\n/);
  assert.match(ran.stderr, '\ncommand: eksd-rebuild compare image a b --settings eksd-fault.yaml\n');
  assert.match(ran.stderr, '\nPlease report it with all of these lines: ');
  assert.not.match(ran.stderr, 'canary-pw');
});

test('where it is reported is what package.json says', (context) => {
  const file = join(context.home, 'package.json');
  const before = readFileSync(file, 'utf8');
  const bugs = { url: 'https://git.example/tool/issues' };
  writeFileSync(file, JSON.stringify({ ...JSON.parse(before), bugs }));
  const ran = run(context, compare, { before: onFirst('mkdtemp', "throw new TypeError('x');") });
  writeFileSync(file, before);
  assert.match(ran.stderr, `all of these lines: ${bugs.url}.`);
});

for (const [what, script] of [
  ['a timer', "setTimeout(() => { throw new TypeError('out of reach'); }); return new Promise(() => {});"],
  [
    'a promise that nobody waits for',
    "void Promise.reject(new TypeError('out of reach')); return new Promise(() => {});",
  ],
  [
    'a stream that nobody listens to',
    "fs.createReadStream('/').on('end', () => {}).destroy(new TypeError('out of reach')); return new Promise(() => {});",
  ],
] as const) {
  test(`a fault out of ${what} ends it, too: 70, and nothing is left`, (context) => {
    const ran = run(context, compare, { before: onFirst('mkdtemp', script) });
    assert.is(ran.code, 70, ran.stderr);
    assert.match(ran.stderr, /^This is a fault of eksd-rebuild\.\nTypeError: out of reach\n/);
    assert.is(ran.stderr.match(/fault of/g)?.length, 1);
  });
}

test('what the system refuses is told as that, wherever it comes up: 4', (context) => {
  const refusal = (code: string, more = '') =>
    `throw Object.assign(new Error('${code}: no, mkdtemp'), { code: '${code}', syscall: 'mkdtemp' ${more} });`;
  for (const [code, said] of [
    ['EMFILE', 'The system refuses: EMFILE: no, mkdtemp. Allow more open files (ulimit -n)'],
    ['EROFS', 'The system refuses: EROFS: no, mkdtemp. Name a place that can be written.'],
    ['ENOSPC', 'The disk is full: '],
  ] as const) {
    const ran = run(context, compare, { before: onFirst('mkdtemp', refusal(code)) });
    assert.equal([code, ran.code], [code, 4], ran.stderr);
    assert.match(ran.stderr, said);
    assert.not.match(ran.stderr, /fault of|\n +at /);
    if (code !== 'EMFILE') continue;
    // The same out of the reach of any command.
    const late = `setTimeout(() => { ${refusal(code)} }); return new Promise(() => {});`;
    const outside = run(context, compare, { before: onFirst('mkdtemp', late) });
    assert.equal([code, outside.code], [code, 4], outside.stderr);
    assert.match(outside.stderr, said);
  }
});

test('hardly any open files: told, and no fault', (context) => {
  const ran = run(context, ['verify', clusterRelease, '--project', 'org/tool'], { limit: 'ulimit -n 32' });
  assert.is.not(ran.code, 70, ran.stderr);
  assert.is.not(ran.code, 0, 'it has enough of them');
  assert.not.match(ran.stderr, /fault of|\n +at /);
});

test('a place below which the system makes no folder: told, at once: 4', (context) => {
  const table = [
    [['verify', 'sample'], '/proc/eksd cannot be written.'],
    [compare, "mkdir '/proc/eksd'. No folder can be made there: name another place."],
  ] as const;
  for (const [argv, said] of table) {
    const ran = run(context, [...argv, '--cache', '/proc/eksd']);
    assert.is(ran.code, 4, `${argv.join(' ')}: ${ran.stderr}`);
    assert.match(ran.stderr, said);
  }
});

test('a standard output without room: 4', (context) => {
  const ran = run(context, ['plan', clusterRelease], { limit: 'exec >/dev/full' });
  assert.is(ran.code, 4, ran.stderr);
  assert.match(ran.stderr, 'The disk is full: ');
});

test('a folder that is gone is no place to start from', (context) => {
  const gone = join(context.folder, 'gone');
  mkdirSync(gone);
  const ran = run(context, ['releases'], { cwd: gone, limit: `rm -r '${gone}'` });
  assert.is(ran.code, 2);
  assert.match(ran.stderr, /^The folder that this was started in is gone/);
});

test('many requests at once are no leak to warn of', async (context) => {
  const { world } = context;
  const asked: string[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    asked.push(url);
    const { port } = server.address() as AddressInfo;
    const challenge = `Bearer realm="http://127.0.0.1:${port}/token",service="s"`;
    const isToken = url.startsWith('/token');
    const status = isToken ? 200 : headers.authorization === undefined ? 401 : 404;
    response.writeHead(status, status === 401 ? { 'www-authenticate': challenge } : {});
    // So long that all ask at once.
    setTimeout(() => response.end(isToken ? JSON.stringify({ token: `t${url.length}` }) : undefined), 20);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const place = `127.0.0.1:${(server.address() as AddressInfo).port}/eks`;
  const argv = ['cluster', clusterRelease, '--registry', place, '--insecure', '--format', 'kubeadm'];
  const cli = programAt(context.folder, process.execPath, [join(context.home, 'dist/cli.js')]);
  const ran = await cli.runIn(world.root, argv);
  server.close();
  assert.is(ran.code, 1, ran.stderr);
  assert.ok(asked.filter((url) => url.startsWith('/token')).length > 5);
  assert.not.match(ran.stderr, /Warning/);
});

test('HOME and the XDG folders, empty or relative: nothing comes into the current folder', (context) => {
  const { world, folder } = context;
  const cwd = join(folder, 'nowhere');
  mkdirSync(cwd);
  const before = readdirSync(cwd, { recursive: true });
  for (const value of ['', 'here']) {
    const names = ['HOME', 'XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME'];
    const env = {
      ...Object.fromEntries(names.map((name) => [name, value])),
      EKSD_REBUILD_CACHE: world.cache,
    };
    const ran = run(context, ['doctor'], { env, cwd });
    assert.ok(ran.code === 0 || ran.code === 4, ran.stderr);
    assert.equal(readdirSync(cwd, { recursive: true }), before);
  }
});

test('which version this is', (context) => {
  const { version } = JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8'));
  const ran = run(context, ['--version']);
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.match(
    ran.stdout,
    new RegExp(
      `^eksd-rebuild ${version.replaceAll('.', '\\.')}( \\(commit [0-9a-f]{12}\\)|, from its sources)?\\n$`,
    ),
  );
  assert.is(run(context, ['-V']).stdout, ran.stdout);
});

test.run();
