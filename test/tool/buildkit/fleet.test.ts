import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { suite } from '../../rig/suite.ts';
import { brokeOff, build, type Daemon, folder, hosts, refused, until, world } from './fleet-world.ts';

const test = suite('fleet');
test.after(() => rmSync(folder, { recursive: true }));

test('a build runs with what it needs of the user and nothing else; its folders are made anew', async () => {
  mkdirSync(build.output, { recursive: true });
  writeFileSync(join(build.output, 'old'), '');
  const it = world(
    { 'unix:///a': {} },
    { env: { DOCKER_CONFIG: '/dc', HTTPS_PROXY: 'p', SOURCE_DATE_EPOCH: '7' } },
  );
  assert.equal(await it.start(), { ok: true, value: ['Built by BuildKit v0.25.1.'] });
  assert.not.ok(existsSync(join(build.output, 'old')));
  assert.equal(it.built[0]?.env, {
    ...{ PATH: '/bin', HOME: '/home/me', DOCKER_CONFIG: '/dc', HTTPS_PROXY: 'p', LC_ALL: 'C', TZ: 'UTC' },
    BUILDKIT_HOST: 'unix:///a',
  });
  const policy = JSON.parse(readFileSync(join(build.work, 'source-policy.json'), 'utf8'));
  assert.equal(policy.rules[0], { action: 'DENY', selector: { identifier: 'docker-image://*' } });
});

test('a platform without builders has the one of BUILDKIT_HOST, or where BuildKit listens', async () => {
  const named = world({}, { builders: {}, env: { BUILDKIT_HOST: 'tcp://h:1' } });
  await named.start();
  assert.equal(hosts(named), ['tcp://h:1']);
  const usual = world({}, { builders: {} });
  await usual.start();
  assert.equal(hosts(usual), ['unix:///run/buildkit/buildkitd.sock']);
});

test('what BuildKit does and moves is told', async () => {
  const lines = [
    '#2 [internal] load build definition from Dockerfile',
    '#3 transferring context: 12.58MB 0.3s',
    '#4 sha256:0123456789abcdef0123 8.39MB / 45.20MB 1.1s',
    '#5 [2/2] COPY tool /tool',
    '#6 exporting to oci image format',
    '#6 exporting layers',
  ];
  const builds = async ({ onLine }: Command): Promise<Partial<ProcessOutcome>> => {
    for (const line of lines) onLine?.(line);
    return {};
  };
  const it = world({ a: { builds } });
  await it.start();
  assert.equal(it.told, [
    'building linux/amd64 on a',
    'transferring context 12.58MB',
    'sha256:0123456789ab 8.39MB / 45.20MB',
    '[2/2] COPY tool /tool',
    'exporting to oci image format',
    'exporting layers',
  ]);
});

test('whether there is a builder is known without a build', async () => {
  const { signal } = new AbortController();
  const it = world({ a: { asks: refused }, b: {} });
  assert.is(await it.fleet.whyNone('linux/amd64', signal), undefined);
  const none = await it.fleet.whyNone('linux/arm64', signal);
  assert.is(none, undefined, 'the default one answers here');
  const lost = world({ a: { asks: refused } });
  const failure = await lost.fleet.whyNone('linux/amd64', signal);
  assert.ok(failure?.reason === 'network' && failure.what === 'building images for linux/amd64');
  assert.match(failure.detail, 'connection refused');
  assert.equal(lost.built, []);
});

test('the least busy builder is taken, by its slots; more than there are slots wait', async () => {
  const ends: (() => void)[] = [];
  const builds = () => new Promise<Partial<ProcessOutcome>>((resolve) => ends.push(() => resolve({})));
  const it = world(
    { a: { builds }, b: { builds } },
    {
      builders: {
        'linux/amd64': [
          { address: 'a', slots: 1 },
          { address: 'b', slots: 2 },
        ],
      },
    },
  );
  const all = [1, 2, 3, 4].map((n) =>
    it.start({ work: join(folder, `w${n}`), output: join(folder, `o${n}`) }),
  );
  await until(() => it.built.length === 3);
  assert.equal(hosts(it).toSorted(), ['a', 'b', 'b']);
  ends[hosts(it).indexOf('a')]?.();
  await until(() => it.built.length === 4);
  assert.is(hosts(it).at(-1), 'a');
  for (const end of ends) end();
  assert.ok((await Promise.all(all)).every(({ ok }) => ok));
});

test('work is shared by how much of a builder is taken, not by order', async () => {
  const ends: (() => void)[] = [];
  const builds = () => new Promise<Partial<ProcessOutcome>>((resolve) => ends.push(() => resolve({})));
  const it = world({ a: { builds }, b: { builds } });
  const all = [1, 2].map((n) => it.start({ work: join(folder, `w${n}`), output: join(folder, `o${n}`) }));
  await until(() => it.built.length === 2);
  assert.equal(hosts(it).toSorted(), ['a', 'b']);
  for (const end of ends) end();
  await Promise.all(all);
});

test('who waits for a slot can be interrupted', async () => {
  const ends: (() => void)[] = [];
  const builds = () => new Promise<Partial<ProcessOutcome>>((resolve) => ends.push(() => resolve({})));
  const it = world({ a: { builds } }, { builders: { 'linux/amd64': [{ address: 'a', slots: 1 }] } });
  const first = it.start();
  await until(() => it.built.length === 1);
  const controller = new AbortController();
  const second = it.start({ work: join(folder, 'w2') }, controller.signal);
  controller.abort();
  assert.equal(await second, { ok: false, error: { reason: 'aborted' } });
  ends[0]?.();
  assert.ok((await first).ok);
});

test('an interrupted build is neither a failure of the builder nor tried on another one', async () => {
  const controller = new AbortController();
  const builds = async () => {
    controller.abort();
    return { exitCode: 1, stderr: 'error: failed to solve: Canceled: context canceled\n' };
  };
  const it = world({ a: { builds }, b: {} });
  assert.equal(await it.start({}, controller.signal), { ok: false, error: { reason: 'aborted' } });
  assert.equal(hosts(it), ['a']);
});

test('a builder that breaks off is left for another one, and that is told', async () => {
  const a: Daemon = {};
  a.builds = async () => {
    a.asks = refused;
    return brokeOff;
  };
  const it = world({ a, b: {} });
  const done = await it.start();
  assert.ok(done.ok);
  assert.equal(hosts(it), ['a', 'b']);
  assert.match(done.value[0] ?? '', /^a was lost while it built etcd-io\/etcd for linux\/amd64: /);
  assert.ok(it.told.includes(done.value[0] ?? ''));
  // The next one asks before it trusts it.
  assert.ok((await it.start()).ok);
  assert.equal(hosts(it), ['a', 'b', 'b']);
});

test('a builder that is gone after a build failed was lost, whatever the build said', async () => {
  const a: Daemon = {};
  a.builds = async () => {
    a.asks = refused;
    return { exitCode: 1, stderr: 'error: failed to solve: process "make" did not complete successfully\n' };
  };
  const it = world({ a, b: {} });
  assert.ok((await it.start()).ok);
  assert.equal(hosts(it), ['a', 'b']);
});

test('what is wrong with the build itself is tried nowhere else', async () => {
  const stderr =
    '#4 RUN make\nerror: failed to solve: process "make" did not complete successfully: exit code: 2\n';
  const it = world({ a: { builds: async () => ({ exitCode: 1, stderr }) }, b: {} });
  const done = await it.start();
  assert.ok(!done.ok && done.error.reason === 'command-failed');
  assert.match(done.error.output, 'exit code: 2');
  assert.is(it.built.length, 1);
});

test("trouble of the daemon with a registry is the network's, and another try may mend it", async () => {
  const stderr =
    'error: failed to solve: error writing cache: Head "https://r/": dial tcp 10.0.0.1:443: i/o timeout\n';
  const done = await world({ a: { builds: async () => ({ exitCode: 1, stderr }) } }).start();
  assert.ok(!done.ok && done.error.reason === 'network');
});

test('a builder of buildx is asked and used by its name; one that sleeps is started, a remote one is not', async () => {
  const inspect = (status: string, driver: string) => ({
    exitCode: 0,
    stdout: `Driver: ${driver}\nStatus: ${status}\n`,
  });
  const builders = { 'linux/amd64': [{ buildx: 'mine' }] };
  const running = world({ mine: {}, '': { asks: inspect('running', 'remote') } }, { builders });
  assert.ok((await running.start()).ok);
  assert.equal(running.asked, ['buildx inspect mine']);
  assert.equal(
    running.built.map(({ program, args, env }) => [program, ...args.slice(0, 2), env['BUILDX_BUILDER']]),
    [['docker', 'buildx', 'build', 'mine']],
  );
  const dead = world({ '': { asks: inspect('inactive', 'remote') } }, { builders });
  const done = await dead.start();
  assert.ok(!done.ok && done.error.reason === 'network');
  assert.match(done.error.detail, 'buildx mine: it is inactive');
  assert.equal(dead.asked, ['buildx inspect mine']);
  let calls = 0;
  const asks = async () => {
    calls += 1;
    return inspect(calls === 1 ? 'inactive' : 'running', 'docker-container');
  };
  const sleeping = world({ '': { asks } }, { builders });
  assert.ok((await sleeping.start()).ok);
  assert.equal(sleeping.asked, ['buildx inspect mine', 'buildx inspect --bootstrap mine']);
});

test.run();
