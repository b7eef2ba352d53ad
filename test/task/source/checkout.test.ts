import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ok } from '../../../orchestrator/core/result.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { CheckoutNode } from '../../../orchestrator/plan/node-go.ts';
import { checkOut } from '../../../orchestrator/task/source/checkout.ts';
import { checkoutInputs } from '../../../orchestrator/task/source/inputs.ts';
import { type FakeContext, fakeContext } from '../task-context.ts';

const commit = 'd6d2704a903de60b444dc120a5f8c3ec9f32396d';
const node: CheckoutNode = {
  ...{ kind: 'checkout', id: asNodeId('checkout'), needs: [], title: 'wrappers', projects: [], commit },
  ...{ repository: 'https://git.example.com/tooling.git', folder: 'base/wrappers' },
};
const never = () => {
  throw new Error('nothing is updated');
};
const tools = {
  clones: { ensure: async () => ok({ gitDir: '/clone', commit }), update: never },
  gitEnv: { PATH: '/bin' },
};

function contextWith(kind: string): FakeContext {
  return fakeContext(({ args }) => {
    if (args.includes('cat-file')) return { stdout: `${kind}\n` };
    if (args.includes('show')) return { stdout: '1787159688\n' };
    if (args.includes('archive')) {
      // What git would write.
      const file = args.find((each) => each.startsWith('--output='))?.slice('--output='.length) ?? '';
      assert.ok(file.endsWith('folder.tar'));
    }
    return undefined;
  });
}

test('one folder of a commit is unpacked, and no tag is made up for it', async () => {
  const context = contextWith('tree');
  const result = await checkOut(node, context, tools);
  assert.ok(result.ok, JSON.stringify(result));
  const archive = context.commands.find(({ args }) => args.includes('archive'));
  assert.equal(archive?.args.slice(-2), [commit, 'base/wrappers']);
  const unpack = context.commands.find(({ program }) => program === 'tar');
  assert.equal(unpack?.args.slice(-2), ['-C', join(context.output, 'source')]);
  const facts = JSON.parse(readFileSync(join(context.output, 'facts.json'), 'utf8'));
  assert.equal([facts.tag, facts.head, facts.headUnixTime], [commit, commit, 1787159688]);
  assert.is(facts.headCommitterDate, '2026-08-19T17:14:48+00:00');
});

test('a commit without the folder is told', async () => {
  const result = await checkOut(node, contextWith('blob'), tools);
  assert.is(result.ok ? '' : result.error.reason, 'source-unavailable');
});

test('where it was read does not count', () => {
  assert.equal(
    checkoutInputs({ ...node, repository: mkdtempSync(join(tmpdir(), 'a-')) }),
    checkoutInputs(node),
  );
});

test.run();
