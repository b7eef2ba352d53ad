import { readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../../orchestrator/core/describe-failure.ts';
import type { ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { suite } from '../../rig/suite.ts';
import { brokeOff, build, type Daemon, folder, hosts, refused, there, world } from './fleet-world.ts';

const test = suite('builders in trouble');
test.after(() => rmSync(folder, { recursive: true }));

test('where no builder is left each is named with what it said', async () => {
  const it = world({ 'unix:///a': { asks: refused }, 'tcp://b': { builds: async () => brokeOff } });
  const done = await it.start();
  assert.ok(!done.ok && done.error.reason === 'network');
  assert.is(done.error.what, 'building etcd-io/etcd for linux/amd64');
  assert.match(
    done.error.detail,
    /^unix:\/\/\/a: dial unix \/run\/b: connect: connection refused; tcp:\/\/b: .*EOF$/,
  );
  const unset = await world({}, { builders: {}, env: { BUILDKIT_HOST: 'h' } }).start({
    platform: 'linux/arm64',
  });
  assert.ok(unset.ok);
});

test('a socket where nobody listens is no matter of the network, and what helps is said', async () => {
  const missing = {
    exitCode: 1,
    stderr:
      'error: failed to list workers: Unavailable: connection error: desc = "transport: Error while dialing: dial unix /run/buildkit/buildkitd.sock: connect: no such file or directory"\n',
  };
  const usual = 'unix:///run/buildkit/buildkitd.sock';
  const it = world({ [usual]: { asks: missing } }, { builders: {} });
  const done = await it.start();
  assert.ok(!done.ok && done.error.reason === 'no-builder', JSON.stringify(done));
  assert.is(
    describeFailure(done.error),
    `No builder answers for building etcd-io/etcd for linux/amd64: ${usual}: dial unix /run/buildkit/buildkitd.sock: connect: no such file or directory; no builder is set for linux/amd64: "builders" of the settings, or BUILDKIT_HOST. No network is at fault: start buildkitd on this machine (as root, or rootless), by a user who may use that socket, or name a builder that runs.`,
  );
  const refusing = await world({ 'unix:///b': { asks: refused } }).start();
  assert.is(refusing.ok ? undefined : refusing.error.reason, 'no-builder');
  const elsewhere = await world({ 'unix:///b': { asks: refused }, 'tcp://c': { asks: refused } }).start();
  assert.is(elsewhere.ok ? undefined : elsewhere.error.reason, 'network', 'another one may come again');
  const lost = await world({ 'unix:///b': { builds: async () => brokeOff } }).start();
  assert.is(lost.ok ? undefined : lost.error.reason, 'network', 'and so may one that was there');
});

test('a builder that failed is left alone for a while, unless there is no other', async () => {
  const a: Daemon = { asks: refused };
  const it = world({ a, b: {} }, { times: { holdOff: 1000 } });
  await it.start();
  await it.start();
  assert.equal(it.asked, ['a', 'b']);
  a.asks = there;
  it.clock.now = 1000;
  await it.start();
  assert.equal(hosts(it), ['b', 'b', 'a']);
  const alone = world({ a: { asks: refused } }, { times: { holdOff: 1000 } });
  await alone.start();
  await alone.start();
  assert.is(alone.asked.length, 2);
});

test('a builder that answers no question any more is left, though the connection holds', async () => {
  const a: Daemon = {};
  a.builds = async ({ signal }) => {
    a.asks = refused;
    await new Promise((resolve) => signal?.addEventListener('abort', resolve));
    return { exitCode: undefined, signal: 'SIGTERM', aborted: true };
  };
  const it = world({ a, b: {} }, { times: { watch: 5 } });
  const done = await it.start();
  assert.ok(done.ok);
  assert.match(done.value[0] ?? '', /does not answer any more\.$/);
  assert.equal(hosts(it), ['a', 'b']);
});

test('one that is silent now and then goes on building', async () => {
  const a: Daemon = {};
  let questions = 0;
  a.asks = async () => {
    questions += 1;
    return questions % 2 === 0 ? refused : there;
  };
  a.builds = async ({ signal }) => {
    // However busy the machine is: as many questions, not as many milliseconds.
    for (let tries = 0; tries < 5000 && questions <= 4; tries += 1) await setTimeout(5);
    return signal?.aborted ? { exitCode: undefined, aborted: true } : {};
  };
  assert.ok((await world({ a }, { times: { watch: 5 } }).start()).ok);
  assert.ok(questions > 4, `${questions} questions`);
});

test('a daemon that cannot rewrite times is refused, not used', async () => {
  const asks = { exitCode: 0, stdout: '[{"buildkitVersion":{"version":"v0.12.3"}}]' };
  const it = world({ 'tcp://old': { asks } });
  const done = await it.start();
  assert.equal(done.ok ? undefined : done.error, {
    ...{ reason: 'program-too-old', program: 'buildkitd of tcp://old', found: 'v0.12.3', needed: '0.13' },
  });
  assert.is(it.built.length, 0);
});

test('without the client that is said, and what to do', async () => {
  const done = await world({ a: { asks: { exitCode: undefined, spawnError: 'ENOENT' } } }).start();
  assert.ok(!done.ok && done.error.reason === 'missing-program');
  assert.is(done.error.program, 'buildctl');
});

const canary = 'canary-4711';

test('no secret of a cache or an address is in a failure, a note or the live view', async () => {
  const address = `tcp://me:${canary}@h:1`;
  const caches = {
    from: [],
    to: [`type=s3,bucket=b,access_key_id=AK-${canary},secret_access_key=SK-${canary}`],
  };
  const builders = { 'linux/amd64': [{ address }] };
  const says = `error: failed to solve: AK-${canary} SK-${canary} at me:${canary}@h\n`;
  const ends: readonly Partial<ProcessOutcome>[] = [
    { exitCode: 1, stderr: says },
    { exitCode: 1, stderr: `${says.trim()} code = Unavailable\n` },
    { exitCode: 1, stderr: `${says.trim()} dial tcp: i/o timeout\n` },
  ];
  for (const end of ends) {
    const it = world({ [address]: { builds: async () => end } }, { builders, caches });
    const done = await it.start();
    assert.not.ok(done.ok);
    assert.not.match(JSON.stringify([done, it.told]), canary);
    assert.equal(it.fleet.secrets.filter((secret) => secret.includes(canary)).length, 4);
  }
  const silent = await world({ [address]: { asks: { exitCode: 1, stderr: says } } }, { builders }).start();
  assert.not.match(JSON.stringify(silent), canary);
});

test("TLS files are named by places of the build, which no report tells from another machine's", async () => {
  const builders = { 'linux/amd64': [{ address: 'a', tls: { ca: '/home/me/ca', key: '/home/me/key' } }] };
  const it = world({}, { builders });
  await it.start();
  const words = it.built[0]?.args.slice(0, 4) ?? [];
  assert.equal(words, [
    '--tlscacert',
    join(build.work, 'tls/ca.pem'),
    '--tlskey',
    join(build.work, 'tls/key.pem'),
  ]);
  assert.is(readlinkSync(words[3] ?? ''), '/home/me/key');
});

test.run();
