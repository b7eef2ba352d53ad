import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { schemas } from '../../orchestrator/commands/schema/schemas.ts';
import { runMain, testHost } from '../rig/host.ts';
import { filesBelow } from '../rig/imports.ts';

const host = testHost({ cwd: process.cwd(), packageFolder: process.cwd(), env: {} });
const manifest = JSON.parse(readFileSync('package.json', 'utf8'));

test('every schema of the repository is printed, as it is, and comes with the package', async () => {
  const files = ['orchestrator', 'docs'].flatMap((folder) => filesBelow(folder, '.schema.json'));
  assert.equal(Object.values(schemas).sort(), files.map((file) => relative('.', file)).sort());
  for (const [name, file] of Object.entries(schemas)) {
    const ran = await runMain(['schema', name], host);
    assert.equal(ran, { code: 0, stdout: readFileSync(file, 'utf8'), stderr: '' });
    assert.ok(
      new Ajv2020({ strict: false, validateFormats: false }).validateSchema(JSON.parse(ran.stdout)),
      name,
    );
    assert.ok(manifest.files.includes(file), `${file} is none of "files" in package.json`);
  }
});

test('without a name all are listed, with what each is of', async () => {
  const { code, stdout } = await runMain(['schema'], host);
  assert.is(code, 0);
  assert.equal(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(' ')[0]),
    Object.keys(schemas),
  );
  assert.match(stdout, /^record +A record: a line of records\/<release>\.jsonl$/m);
  assert.not.match(stdout, 'undefined');
});

test('a name that is none is told with those there are', async () => {
  const { code, stderr } = await runMain(['schema', 'records'], host);
  assert.is(code, 2);
  assert.match(stderr, /'records' is invalid.*Allowed choices are atlas, challenge, /);
});

test.run();
