import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { readDownloaded, weighChecks } from '../../../orchestrator/task/go/check-sums.ts';

const known = new Map([['a.b/m v1.0.0', 'h1:x=']]);
const [vouched, stranger] = ['a.b/m@v1.0.0', 'c.d/n@v1.0.0'];

function weigh(
  reason: 'module-unavailable' | 'network' | 'module-mismatch',
  error: string,
  module = vouched,
) {
  const failure: Failure =
    reason === 'network' ? { reason, what: '', detail: '' } : { reason, module, detail: '' };
  return weighChecks([{ module, error }], known, 'sum.test.example', () => failure);
}

test('what go writes is read object by object, and what is no such text is nothing', () => {
  const text = `{\n\t"Path": "a.b/m",\n\t"Version": "v1.0.0"\n}\n{\n\t"Path": "c.d/n",\n\t"Version": "v1.0.0",\n\t"Error": "{ no"\n}\n`;
  assert.equal(readDownloaded(text), [
    { module: vouched, error: undefined },
    { module: stranger, error: '{ no' },
  ]);
  assert.equal(readDownloaded('go: something else\n'), []);
  assert.equal(readDownloaded(''), []);
});

test('silence about what go.sum vouches for is told, and nothing more', () => {
  const unknown = weigh('module-unavailable', 'verifying module: 404 Not Found');
  assert.ok(unknown.ok && unknown.value.lacked === undefined);
  assert.match(unknown.value.notes.join(), 'does not know a.b/m@v1.0.0');
  const down = weigh('network', 'verifying module: 503 Service Unavailable');
  assert.ok(down.ok && down.value.lacked === vouched);
  assert.match(down.value.notes.join(), '503 Service Unavailable');
});

test('silence about what nobody vouches for, another sum, and a module that is gone are errors', () => {
  assert.not(weigh('module-unavailable', 'verifying module: 404 Not Found', stranger).ok);
  assert.not(weigh('network', 'verifying module: 503', stranger).ok);
  assert.not(weigh('module-mismatch', 'verifying module: checksum mismatch').ok);
  assert.not(weigh('module-unavailable', 'reading https://x: 404 Not Found').ok);
});

test.run();
