import { rmSync } from 'node:fs';
import { createServer } from 'node:net';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import type { Builder, ImageBuild } from '../../orchestrator/tool/buildkit/builder.ts';
import { builderOf, buildWorld, digestIn } from '../rig/build-world.ts';
import { type Buildkitd, startBuildkitd } from '../rig/buildkitd.ts';
import { suite } from '../rig/suite.ts';

const test = suite('fleet of real daemons');
const world = await buildWorld();
const daemons: Buildkitd[] = [];

async function start(...given: Parameters<typeof startBuildkitd>): Promise<Buildkitd> {
  const daemon = await startBuildkitd(...given);
  daemons.push(daemon);
  return daemon;
}

test.after(async () => {
  for (const daemon of daemons) await daemon.stop('SIGKILL');
  rmSync(world.folder, { recursive: true });
});

const waiting = (seconds: number): string => `FROM scratch\nCOPY wait /wait\nRUN ["/wait", "${seconds}s"]\n`;

/** Builds, and does something to the daemon that it begins on when a RUN is under way there. */
async function disturb(
  members: readonly Buildkitd[],
  build: ImageBuild,
  deed: (daemon: Buildkitd) => void,
  watch = 15_000,
) {
  let disturbed: Buildkitd | undefined;
  let at: Buildkitd | undefined;
  const circumstances = world.circumstances((text) => {
    at = members.find(({ address }) => text.endsWith(` on ${address}`)) ?? at;
    if (/RUN/.test(text) && disturbed === undefined && at !== undefined) {
      disturbed = at;
      // By then the program runs.
      setTimeout(deed, 500, at);
    }
  });
  const fleet = world.fleet(members.map(builderOf), { times: { watch, patience: 2000 } });
  const done = await fleet.build(build, circumstances);
  return { done, disturbed, records: circumstances.records };
}

test('a daemon is killed in the middle of a build: the build goes on at the other', async () => {
  const members = [await start(), await start({ listen: 'tcp' })];
  const build = await world.build(waiting(3));
  const { done, disturbed, records } = await disturb(members, build, ({ pid }) =>
    process.kill(pid, 'SIGKILL'),
  );
  assert.ok(done.ok, JSON.stringify(done));
  assert.is(disturbed, members[0]);
  assert.match(done.value[0] ?? '', /^unix:.* was lost while it built test\/app for linux\/amd64: /);
  assert.equal(
    records.map(({ exitCode }) => exitCode),
    [1, 0],
  );
  assert.match(digestIn(build.output), /^sha256:/);
});

test('a daemon that freezes breaks no connection: it is noticed all the same', async () => {
  const members = [await start({ listen: 'tcp' }), await start()];
  const build = await world.build(waiting(4));
  const freeze = ({ pid }: Buildkitd) => process.kill(pid, 'SIGSTOP');
  const { done, disturbed } = await disturb(members, build, freeze, 1000);
  assert.ok(done.ok, JSON.stringify(done));
  assert.is(disturbed, members[0]);
  assert.match(done.value[0] ?? '', /does not answer any more\.$/);
});

test('the only daemon is killed: the failure names it and what became of it, and may be tried again', async () => {
  const only = await start({ listen: 'tcp' });
  const build = await world.build(waiting(20));
  const { done } = await disturb([only], build, ({ pid }) => process.kill(pid, 'SIGKILL'));
  assert.ok(!done.ok && done.error.reason === 'network');
  assert.match(done.error.detail, `${only.address}: `);
});

test('TLS on both sides; without a certificate the daemon lets nobody in', async () => {
  const daemon = await start({ listen: 'tls' });
  const build = await world.build('FROM scratch\nCOPY wait /wait\n');
  const circumstances = world.circumstances();
  const done = await world.fleet([builderOf(daemon)]).build(build, circumstances);
  assert.ok(done.ok, JSON.stringify(done));
  assert.not.match(JSON.stringify(circumstances.records), daemon.address);
  const { ca, serverName } = daemon.tls ?? {};
  const other = await world
    .fleet([{ address: daemon.address, tls: { ca, serverName } }])
    .build(build, circumstances);
  assert.ok(!other.ok && other.error.reason === 'network');
  // TLS 1.3 refuses after the client began to write, who sees the alert or a closed connection.
  assert.match(other.error.detail, /certificate required|bad certificate|broken pipe|connection reset/);
});

test('nobody there, and somebody who says nothing: a clear failure in less than ten seconds', async () => {
  const silent = createServer(() => {});
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as { readonly port: number };
  const builders: readonly Builder[] = [
    { address: `unix://${world.folder}/none.sock` },
    { address: `tcp://127.0.0.1:${port}` },
  ];
  const began = performance.now();
  const build = await world.build('FROM scratch\nCOPY wait /wait\n');
  const done = await world.fleet(builders).build(build, world.circumstances());
  const seconds = (performance.now() - began) / 1000;
  silent.close();
  assert.ok(!done.ok && done.error.reason === 'network');
  assert.match(
    done.error.detail,
    /none\.sock: dial unix .*: connect: no such file or directory; tcp:\/\/127/,
  );
  assert.match(done.error.detail, /(no answer in 5 s|deadline exceeded)/);
  assert.ok(seconds < 10, `${seconds} s`);
});

test('a RUN that fails fails the build, at once and on one daemon; it has no network but its own', async () => {
  const members = [await start(), await start()].map(builderOf);
  const build = await world.build('FROM scratch\nCOPY wait /wait\nRUN ["/wait", "0s", "fail"]\n');
  const circumstances = world.circumstances();
  const done = await world.fleet(members).build(build, circumstances);
  assert.ok(!done.ok && done.error.reason === 'command-failed');
  assert.match(done.error.output, 'did not complete successfully: exit code: 3');
  assert.match(describeFailure(done.error), /network lo$/m);
  assert.not.match(done.error.output, /network [^l]/);
  assert.is(circumstances.records.length, 1);
});

test('the daemon itself refuses what is not in the context, whoever wrote the Dockerfile', async () => {
  const daemon = await start();
  const fleet = world.fleet([builderOf(daemon)]);
  for (const dockerfile of [
    'FROM registry.example.com/base:latest\n',
    'FROM scratch\nCOPY --from=registry.example.com/base /a /a\n',
    'FROM scratch\nADD https://example.com/file /file\n',
    'FROM scratch\nADD https://example.com/repository.git#main /r\n',
  ]) {
    const done = await fleet.build(await world.build(dockerfile), world.circumstances());
    assert.match(done.ok ? '' : describeFailure(done.error), /denied by policy/, dockerfile);
  }
});

test.run();
