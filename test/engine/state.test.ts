import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, stateOf } from '../../orchestrator/engine/state.ts';
import { graphOf } from './nodes.ts';
import { newRig, type Rig } from './rig.ts';

async function states(rig: Rig, graph: string): Promise<readonly string[]> {
  const found = await stateOf(graphOf(graph), rig.inputsOf, rig.store);
  return [...found].map(([id, state]) => {
    if (state.status === 'cached') return `${id}: cached, took ${state.secondsWhenRun}`;
    const { why } = state;
    if (why.reason === 'needs') return `${id}: needs ${why.node}`;
    return `${id}: ${why.reason}${why.reason === 'inputs-differ' ? ` ${why.members.join(' ')}` : ''}`;
  });
}

test('of each node: cached, or why not; nothing runs', async () => {
  const rig = newRig();
  const graph = 'A; B <- A; C <- B; D';
  assert.equal(await states(rig, graph), ['A: never-built', 'B: needs A', 'C: needs A', 'D: never-built']);
  rig.deed = (node) => {
    rig.now += 500;
    return node.id;
  };
  await rig.run(graph, { limits: { network: 0, processor: 1, memory: 0 } });
  rig.ran.length = 0;
  const cached = ['A: cached, took 0.5', 'B: cached, took 0.5', 'C: cached, took 0.5', 'D: cached, took 0.5'];
  assert.equal(await states(rig, graph), cached);
  rig.inputs.set('B', { flag: 'new' });
  assert.equal(await states(rig, graph), [cached[0], 'B: inputs-differ own', 'C: needs B', cached[3]]);
  assert.equal(rig.ran, []);
});

test('a result whose files are gone is said to be so', async () => {
  const rig = newRig();
  await rig.run('A');
  const [key] = rig.store.results.keys();
  rig.store.lookup = async () => undefined;
  assert.equal(
    [...(await stateOf(graphOf('A'), rig.inputsOf, rig.store)).values()],
    [{ status: 'due', why: { reason: 'files-gone', key } }],
  );
});

test('differences are dotted paths into objects; a list is one thing; a member that is missing differs', () => {
  const before = { go: '1.21', flags: ['a'], env: { A: '1', B: '2', C: '3' }, same: { x: [1] } };
  const after = { go: '1.22', flags: ['a', 'b'], env: { A: '1', B: '3', D: '3' }, same: { x: [1] } };
  assert.equal(differences(before, after), ['env.B', 'env.C', 'env.D', 'flags', 'go']);
  assert.equal(differences(before, before), []);
});

test.run();
