import * as assert from 'uvu/assert';
import { suite } from '../../rig/suite.ts';
import { endsOf } from '../rig.ts';
import { type ClusterRig, newClusterRig } from './cluster-rig.ts';

const test = suite<{ rig: ClusterRig }>('what Jobs ask of an API');

test.before.each(async (context, defer) => {
  context.rig = await newClusterRig();
  defer(() => context.rig.close());
});

const asked = ({ server }: ClusterRig, what: RegExp): number =>
  server.requests.filter((request) => what.test(request)).length;

test('why none of them gets a pod is one question for all, and each is told its own answer', async ({
  rig,
}) => {
  rig.server.warning = 'exceeded quota';
  const outcomes = await rig.runThere('A1 B1 C1 D1 E1 F1 G1 H1');
  const said = [...outcomes.values()].map(({ end }) => JSON.stringify(end));
  assert.is(said.filter((each) => each.includes('exceeded quota')).length, 8);
  const looks = asked(rig, /^GET .*\/jobs$/);
  assert.ok(looks > 1, `${looks} looks`);
  assert.ok(asked(rig, /^GET .*\/events$/) < looks, rig.server.requests.join('\n'));
});

test('a Job is taken away once an API that is ill has got well', async ({ rig }) => {
  rig.server.answer(/^DELETE/, 503, { message: 'etcd has no leader' }, 3);
  assert.is(endsOf(await rig.runThere('A1')), 'A1:ran');
  await rig.place.close();
  assert.is(rig.server.jobs.size, 0);
  assert.is(asked(rig, /^DELETE/), 4);
});

test.run();
