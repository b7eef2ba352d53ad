import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { ok } from '../../../orchestrator/core/result.ts';
import { lookByDigest, type ReadFile } from '../../../orchestrator/statement/trust/by-digest.ts';
import { requirableTypes } from '../../../orchestrator/statement/trust/claim.ts';
import { unwrap } from './rig.ts';

const subject = asDigest('ab'.repeat(32));
const types = [requirableTypes.equivalence];
const below = `sha256/${subject}/`;

/** What is found where a place answers so. */
async function foundBy(answer: (name: string) => { text: string } | { why: string } | undefined) {
  const asked: string[] = [];
  const read: ReadFile = async (path) => {
    asked.push(path.replace(below, ''));
    const given = answer(path.replace(below, ''));
    return ok(given === undefined ? undefined : { place: path.replace(below, ''), ...given });
  };
  return { asked, found: await lookByDigest(read)(subject, types) };
}

test('one after the other, as far as there are some; unsigned ones where nothing is signed', async () => {
  const texts: Readonly<Record<string, string>> = {
    'equivalence.sigstore.json': 'one',
    'equivalence-2.sigstore.json': 'two',
  };
  const signed = await foundBy((name) => (texts[name] === undefined ? undefined : { text: texts[name] }));
  assert.equal(unwrap(signed.found), [
    { place: 'equivalence.sigstore.json', text: 'one', isSigned: true },
    { place: 'equivalence-2.sigstore.json', text: 'two', isSigned: true },
  ]);
  const open = await foundBy((name) => (name === 'equivalence.intoto.json' ? { text: 'x' } : undefined));
  assert.equal(unwrap(open.found), [{ place: 'equivalence.intoto.json', text: 'x', isSigned: false }]);
});

test('a server that has one page for every name, and a folder that cannot be read, are asked twice', async () => {
  for (const same of [{ text: '<html>Welcome</html>' }, { why: 'cannot be read (EACCES)' }]) {
    const { asked, found } = await foundBy(() => same);
    assert.equal(asked, ['equivalence.sigstore.json', 'equivalence-2.sigstore.json']);
    assert.is(unwrap(found).length, 1);
  }
});

test('a place that has no end is not looked through', async () => {
  const { asked, found } = await foundBy((name) => ({ text: name }));
  assert.is(asked.length, 101);
  assert.ok(!found.ok && found.error.reason === 'fetch-failed');
});

test.run();
