import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ecrSettings } from '../../../orchestrator/config/settings/ecr.ts';
import { decodeYaml } from '../../../orchestrator/config/yaml.ts';
import { readEcrWanted } from '../../../orchestrator/oci/ecr/wanted.ts';

/** Reads settings as they stand in a file, and what is wanted in a region. */
async function read(text: string, region = 'us-west-2'): Promise<unknown> {
  const decoded = decodeYaml('settings.yaml', text, ecrSettings);
  if (!decoded.ok) return decoded.error.map(({ message }) => message);
  const wanted = await readEcrWanted(decoded.value.value);
  const settings = wanted.ok ? wanted.value.settings(region) : wanted;
  return settings.ok ? settings.value : settings.error;
}

test('settings are read as they stand, and what is not named is not wanted', async () => {
  const text = `
tagMutability:
  default: IMMUTABLE
  except: ['*-latest']
scanOnPush: true
tags: {team: platform}
`;
  assert.equal(await read(text), {
    tagMutability: { default: 'IMMUTABLE', except: ['*-latest'] },
    scanOnPush: true,
    tags: { team: 'platform' },
  });
  assert.equal(await read('replicate: [eu-west-1]'), {});
  assert.equal(await read('scanOnPush: false'), { scanOnPush: false });
});

test("a key is one for all regions, or one for each, and never another region's", async () => {
  const each = 'encryption: {type: KMS, kmsKey: {us-west-2: alias/west}}';
  assert.equal(await read(each), { encryption: { type: 'KMS', kmsKey: 'alias/west' } });
  const message = /kmsKey names no key in eu-west-1/;
  assert.match(JSON.stringify(await read(each, 'eu-west-1')), message);
  const arn = 'encryption: {type: KMS, kmsKey: "arn:aws:kms:us-west-2:123456789012:key/1234"}';
  assert.ok(JSON.stringify(await read(arn)).includes('"KMS"'));
  assert.match(JSON.stringify(await read(arn, 'eu-west-1')), message);
  const one = 'encryption: {type: KMS_DSSE, kmsKey: alias/images}';
  assert.equal(await read(one, 'eu-west-1'), { encryption: { type: 'KMS_DSSE', kmsKey: 'alias/images' } });
});

test('a policy is JSON, or the path of a file with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'ecr-wanted-'));
  const file = join(folder, 'policy.json');
  writeFileSync(file, '{ "rules": [ ],\n "a": 1 }\n');
  try {
    const text = `lifecyclePolicy: ${file}\nrepositoryPolicy: '{"b": 1, "a": 2}'`;
    assert.equal(await read(text), {
      lifecyclePolicy: '{"a":1,"rules":[]}',
      repositoryPolicy: '{"a":2,"b":1}',
    });
    writeFileSync(file, '[]');
    assert.match(JSON.stringify(await read(text)), /The setting ecr.lifecyclePolicy .* holds no JSON object/);
    rmSync(file);
    assert.match(JSON.stringify(await read(text)), /The setting ecr.lifecyclePolicy .*There is no file/);
    assert.match(
      JSON.stringify(await read(`repositoryPolicy: '{"b"'`)),
      'ecr.repositoryPolicy holds no JSON',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

const wrong: readonly (readonly [text: string, message: RegExp])[] = [
  ['scanOnPush: yes', /true.*false/],
  ['replicate: [west]', /expected an AWS region/],
  ['tagMutability: {default: IMMUTABLE, except: ["a b"]}', /expected a pattern of tags/],
  ['encryption: {type: AES256, kmsKey: alias/a}', /AES256 takes no key/],
  ['endpoints: {ecr: localhost}', /expected the URL of a service/],
  ['scan: true', /scan/],
];

for (const [text, message] of wrong) {
  test(`refused: ${text}`, async () => {
    assert.match(JSON.stringify(await read(text)), message);
  });
}

test.run();
