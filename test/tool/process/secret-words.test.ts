import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  secretsIn,
  withoutSecretFields,
  withoutSecrets,
} from '../../../orchestrator/tool/process/secret-words.ts';

test('keys of a cache are withheld, and what else the option says is kept', () => {
  const word = 'type=s3,bucket=b,access_key_id=AK,secret_access_key=S/K+1,"session_token=a=b",region=r';
  assert.is(
    withoutSecretFields(word),
    'type=s3,bucket=b,access_key_id=***,secret_access_key=***,"session_token=***",region=r',
  );
  assert.equal(secretsIn([word]), ['AK', 'S/K+1', 'a=b']);
});

test('words of other commands are left as they are', () => {
  for (const word of [
    '-X main.token=abc',
    'secret=1',
    'context:base=oci-layout://base@sha256:aa',
    'type=oci,dest=/k',
  ]) {
    assert.is(withoutSecretFields(word), word);
  }
});

test('a user of an address is a secret, and his password by itself', () => {
  assert.equal(secretsIn(['tcp://me:pass@h:1', 'tcp://h:1', 'unix:///a@b']), ['me:pass', 'pass']);
});

test('of two secrets of which one is in the other, nothing is left', () => {
  assert.is(withoutSecrets('a me:pass b pass', ['pass', 'me:pass']), 'a *** b ***');
});

test.run();
