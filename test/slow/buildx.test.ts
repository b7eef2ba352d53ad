import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { builderOf, buildWorld, digestIn } from '../rig/build-world.ts';
import { type Buildkitd, startBuildkitds } from '../rig/buildkitd.ts';
import { goTools } from '../rig/go-tools.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ readonly daemons: readonly Buildkitd[] }>('buildx');
const world = await buildWorld();
const version = '-X github.com/docker/buildx/version.Version=v0.29.1';
const { buildx = '' } = await goTools('buildx', ['buildx'], version);
const env = { PATH: process.env['PATH'] ?? '', HOME: world.folder, BUILDX_CONFIG: `${world.folder}/buildx` };

test.before(async (context, defer) => {
  defer(() => rmSync(world.folder, { recursive: true }));
  const daemons = await startBuildkitds(defer, {}, { listen: 'tcp' });
  Object.assign(context, { daemons });
  for (const [name, address] of [
    ['there', daemons[1]?.address ?? ''],
    ['gone', `unix://${world.folder}/none`],
  ] as const) {
    execFileSync(buildx, ['create', '--name', name, '--driver', 'remote', address], { env, stdio: 'ignore' });
  }
});

const fleetOf = (...builders: Parameters<typeof world.fleet>[0]) =>
  world.fleet(builders, { environment: env, programs: { ...world.programs, buildx: [buildx] } });

test('buildx and buildctl make the same image, on another daemon', async ({ daemons }) => {
  const digests: string[] = [];
  const base = await world.build('FROM scratch\nCOPY wait /below\n');
  const direct = daemons.slice(0, 1).map(builderOf);
  for (const fleet of [fleetOf(...direct), fleetOf({ buildx: 'there' })]) {
    const below = await fleet.build(base, world.circumstances());
    assert.ok(below.ok, JSON.stringify(below));
    const layouts = { base: { folder: base.output, digest: digestIn(base.output) } };
    const text = 'ARG A\nFROM base\nARG A\nCOPY wait /wait\nRUN ["/wait"]\nENV A=$A\nLABEL made=here\n';
    const given = { layouts, buildArgs: { A: 'b' }, labels: { c: 'd' } };
    const build = await world.build(text, given);
    const circumstances = world.circumstances();
    const done = await fleet.build(build, circumstances);
    assert.ok(done.ok, JSON.stringify(done));
    digests.push(digestIn(build.output));
    assert.is(circumstances.records[0]?.argv.includes('--opt'), digests.length === 1);
  }
  assert.is(digests[0], digests[1]);
});

test('a builder of buildx that is not there stands back for another one', async () => {
  const build = await world.build('FROM scratch\nCOPY wait /wait\n');
  const done = await fleetOf({ buildx: 'gone' }, { buildx: 'there' }).build(build, world.circumstances());
  assert.ok(done.ok, JSON.stringify(done));
  const alone = await fleetOf({ buildx: 'gone' }).build(build, world.circumstances());
  assert.match(alone.ok ? '' : describeFailure(alone.error), 'buildx gone: it is inactive');
  const unknown = await fleetOf({ buildx: 'other' }).build(build, world.circumstances());
  assert.match(unknown.ok ? '' : describeFailure(unknown.error), 'no builder "other" found');
});

test('by buildx too, the daemon refuses what is not in the context', async () => {
  const build = await world.build('FROM registry.example.com/base:latest\n');
  const done = await fleetOf({ buildx: 'there' }).build(build, world.circumstances());
  assert.match(done.ok ? '' : describeFailure(done.error), /denied by policy/);
});

test.run();
