import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { err } from '../../../orchestrator/core/result.ts';
import type { BuildNode } from '../../../orchestrator/plan/node.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import { deedWith, withoutNetwork } from '../../../orchestrator/run/wiring/tasks.ts';
import { fakeContext } from '../../task/task-context.ts';

const node: BuildNode = {
  ...{ kind: 'image-index', id: asNodeId('image-index org/app'), needs: [], title: '', projects: [] },
  ...{ image: 'org/app', images: [] },
};

test('a deed that has no network cannot run a command with it', async () => {
  const context = fakeContext(() => undefined);
  const kept = withoutNetwork(node, context);
  const command = { program: 'fetch', args: [], cwd: '/', env: {} };
  assert.throws(() => kept.run({ ...command, network: 'allowed' }), /^image-index org\/app has no network/);
  await kept.run({ ...command, network: 'none' });
  assert.is(context.commands.length, 1);
});

test('where what deeds work with cannot be had, nothing is run', async () => {
  const failure: Failure = { reason: 'missing-program', program: 'git', help: 'Install git.' };
  assert.equal(
    await deedWith(async () => err(failure))(
      node,
      fakeContext(() => undefined),
    ),
    err(failure),
  );
});

test.run();
