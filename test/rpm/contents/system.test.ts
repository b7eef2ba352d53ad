import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parseOsRelease } from '../../../orchestrator/rpm/contents/system.ts';

for (const [text, system] of [
  ['NAME="Amazon Linux"\nVERSION_ID="2"\nID="amzn"\n', { id: 'amzn', version: '2', name: undefined }],
  ['ID=x\nPRETTY_NAME=\'A "b"\'\n', { id: 'x', version: undefined, name: 'A "b"' }],
  ['ID="Not So"\n', undefined],
  ['VERSION_ID=2\n', undefined],
  ['', undefined],
] as const) {
  test(`os-release: ${JSON.stringify(text)}`, () => assert.equal(parseOsRelease(text), system));
}

test.run();
