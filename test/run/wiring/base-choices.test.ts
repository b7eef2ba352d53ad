import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../../orchestrator/core/describe-failure.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { formatImageReference, type ImageReference } from '../../../orchestrator/core/image-reference.ts';
import { err, ok } from '../../../orchestrator/core/result.ts';
import type { BaseChoice } from '../../../orchestrator/plan/images.ts';
import {
  publishedReference,
  pulledBases,
  type ResolveTag,
} from '../../../orchestrator/run/wiring/base-choices.ts';
import type { Workspace } from '../../../orchestrator/workspace/workspace.ts';
import { lockWith } from '../../rig/image-lock.ts';
import { ociSha } from '../../rig/image-report.ts';

const published = 'registry.example.com/eks';
const minimal = 'eks-distro-minimal-base';
const iptables = 'eks-distro-minimal-base-iptables';

function workspaceWith(bases?: Readonly<Record<string, string>>): Workspace {
  const images = { base: 'published', published, ...(bases === undefined ? {} : { bases }) };
  return { images } as Workspace;
}

/** Says what every tag points at, and remembers what it was asked. */
function resolver(): { readonly resolve: ResolveTag; readonly asked: string[] } {
  const asked: string[] = [];
  const resolve = async (reference: ImageReference) => {
    asked.push(formatImageReference(reference));
    return ok(ociSha(formatImageReference(reference)));
  };
  return { resolve, asked };
}

/** `published <reference>`, or the reason of a failure. */
function shown(choices: ReadonlyMap<string, BaseChoice>): Readonly<Record<string, string>> {
  const texts = [...choices].map(([name, choice]) => {
    if (choice.kind === 'pulled') return [name, `${choice.from} ${formatImageReference(choice.reference)}`];
    return [name, choice.kind === 'built' ? choice.distribution : choice.failure.reason];
  });
  return Object.fromEntries(texts);
}

test('the digest of the lock counts, and nobody is asked', async () => {
  const { resolve, asked } = resolver();
  const lock = lockWith([`${minimal} 2024-04-01 ${ociSha('locked')}`]);
  assert.equal(shown(await pulledBases(lock, workspaceWith(), [minimal], resolve)), {
    [minimal]: `published ${published}/${minimal}:2024-04-01@${ociSha('locked')}`,
  });
  assert.equal(asked, []);
});

test('where the lock has none, the tag is asked for: only of what is wanted', async () => {
  const { resolve, asked } = resolver();
  const lock = lockWith([`${minimal} 2024-04-01`, `${iptables} 2024-04-02`]);
  const reference = `${published}/${minimal}:2024-04-01`;
  assert.equal(shown(await pulledBases(lock, workspaceWith(), [minimal], resolve)), {
    [minimal]: `published ${reference}@${ociSha(reference)}`,
  });
  assert.equal(asked, [reference]);
  assert.is((await pulledBases(lock, workspaceWith(), [], resolve)).size, 0);
  assert.is(asked.length, 1);
});

test('an image of the settings comes before the published one, and stands for one that has no tag file', async () => {
  const { resolve, asked } = resolver();
  const lock = lockWith([`${minimal} 2024-04-01`, `${iptables} 2024-04-02 ${ociSha('locked')}`]);
  const mine = (name: string) => `harbor.example.com:5000/mine/${name}:v1@${ociSha(name)}`;
  const workspace = workspaceWith({ [minimal]: mine('a'), 'eks-distro-base': mine('b') });
  assert.equal(shown(await pulledBases(lock, workspace, [minimal, iptables], resolve)), {
    [iptables]: `published ${published}/${iptables}:2024-04-02@${ociSha('locked')}`,
    [minimal]: `settings ${mine('a')}`,
    'eks-distro-base': `settings ${mine('b')}`,
  });
  assert.equal(asked, []);
});

test('without anybody to ask it is unavailable, and it is said what may be done', async () => {
  const lock = lockWith([`${minimal} 2024-04-01`]);
  const choice = (await pulledBases(lock, workspaceWith(), [minimal], undefined)).get(minimal);
  assert.is(choice?.kind, 'unavailable');
  const failure = choice?.kind === 'unavailable' ? choice.failure : undefined;
  assert.equal(
    { ...failure, detail: '' },
    {
      reason: 'source-unavailable',
      repository: `${published}/${minimal}`,
      wanted: 'tag 2024-04-01',
      detail: '',
    },
  );
  assert.match(JSON.stringify(failure), 'images.bases');
});

test('what the registry says against it is its failure, with the setting by which it can be done without', async () => {
  const lock = lockWith([`${minimal} 2024-04-01`]);
  const failures: readonly Failure[] = [
    { reason: 'network', what: 'looking', detail: 'reset' },
    { reason: 'usage', message: 'There is none.', help: 'Check the name.' },
  ];
  for (const failure of failures) {
    const choice = (await pulledBases(lock, workspaceWith(), [minimal], async () => err(failure))).get(
      minimal,
    );
    const found = choice?.kind === 'unavailable' ? describeFailure(choice.failure) : '';
    assert.match(
      found,
      failure.reason === 'network' ? 'failed while looking: reset; ' : 'There is none.\nCheck the name. ',
    );
    assert.match(found, `name an image of your own by digest (images.bases.${minimal} of the settings)`);
  }
});

test("the base of Windows' images is none of Linux images'", async () => {
  const { resolve, asked } = resolver();
  const name = 'eks-distro-windows-base';
  const choices = await pulledBases(lockWith([`${name} 2024-04-01`]), workspaceWith(), [name], resolve);
  assert.equal([choices.size, asked.length], [0, 0]);
});

test('where a published base image is', () => {
  const reference = publishedReference({ name: minimal, tag: '2024-04-01' }, 'localhost:5000/a/b');
  assert.equal(reference, { host: 'localhost:5000', repository: `a/b/${minimal}`, tag: '2024-04-01' });
});

test.run();
