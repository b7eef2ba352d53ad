import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { formatImageReference } from '../../../orchestrator/core/image-reference.ts';
import { err, ok } from '../../../orchestrator/core/result.ts';
import { createBaseDigests, noBaseDigests } from '../../../orchestrator/run/upstream/base-digests.ts';
import type { ResolveTag } from '../../../orchestrator/run/wiring/base-choices.ts';
import { baseImage, lockWith } from '../../rig/image-lock.ts';
import { ociSha } from '../../rig/image-report.ts';

const published = 'registry.example.com/eks';

function digests(answers: Readonly<Record<string, string>>) {
  const asked: string[] = [];
  const resolve: ResolveTag = async (reference) => {
    const name = formatImageReference(reference);
    asked.push(name);
    const answer = answers[name];
    return answer === undefined
      ? err({ reason: 'network', what: name, detail: 'silent' })
      : ok(ociSha(answer));
  };
  return { asked, ...createBaseDigests(published, resolve) };
}

const pins = { baseImages: ['a 1', 'b 2', 'c 3'].map(baseImage) };
const answers = { [`${published}/a:1`]: 'now a', [`${published}/b:2`]: 'now b' };

test('tags become digests, as far as the registry says them', async () => {
  const { asked, of, failures } = digests(answers);
  assert.equal(
    await of(pins, undefined),
    [`a 1 ${ociSha('now a')}`, `b 2 ${ociSha('now b')}`, 'c 3'].map(baseImage),
  );
  assert.equal(asked, [`${published}/a:1`, `${published}/b:2`, `${published}/c:3`]);
  assert.equal([...failures], [['c:3', { reason: 'network', what: `${published}/c:3`, detail: 'silent' }]]);
});

test('what an earlier lock has of the same tag stays, and is not asked for', async () => {
  const { asked, of } = digests(answers);
  const earlier = lockWith([`a 1 ${ociSha('then a')}`, `b 1 ${ociSha('then b')}`, `c 3 ${ociSha('then c')}`]);
  assert.equal(
    await of(pins, earlier),
    [`a 1 ${ociSha('then a')}`, `b 2 ${ociSha('now b')}`, `c 3 ${ociSha('then c')}`].map(baseImage),
  );
  assert.equal(asked, [`${published}/b:2`], 'another tag of the same name is another image');
});

test('an earlier lock without a digest is no answer', async () => {
  const { asked, of } = digests(answers);
  assert.equal((await of(pins, lockWith(['a 1', 'c 3'])))[0], baseImage(`a 1 ${ociSha('now a')}`));
  assert.is(asked.length, 3);
});

test('a run that fetches nothing keeps what an earlier lock has', async () => {
  const earlier = lockWith([`a 1 ${ociSha('then a')}`, `b 1 ${ociSha('then b')}`]);
  assert.equal(
    await noBaseDigests.of(pins, earlier),
    [`a 1 ${ociSha('then a')}`, 'b 2', 'c 3'].map(baseImage),
  );
  assert.equal(await noBaseDigests.of(pins, undefined), pins.baseImages);
});

test.run();
