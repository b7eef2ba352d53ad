import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { newParty, type Party, policyText, sha } from '../rig/signed-statements.ts';
import { suite } from '../rig/suite.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('what attest says, asked for');
const parties = ['acme', 'beta'].map((name) => newParty(name));

test.before(async (context) => {
  const world = await warmWorld();
  context.world = world;
  for (const { name, key } of parties as readonly Party[]) {
    const file = join(world.folder, `${name}.key`);
    writeFileSync(file, key.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const ran = await world.run(['attest', release, '--no-images', '--output', name, '--sign', file]);
    assert.is(ran.code, 0, ran.stderr);
  }
  const require =
    '{ equivalence: { verdicts: [identical] }, provenance: { builders: ["urn:eksd-rebuild"] }, summary: { verifiers: ["urn:eksd-rebuild"], levels: [EKSD_REBUILD_IDENTICAL] } }';
  writeFileSync(
    join(world.root, 'policy.yaml'),
    policyText(parties, { agree: 2, require, more: `releases: [${release}]\n` }),
  );
});

test('files that were built, by two rebuilders', async ({ world }) => {
  const built = await world.run(['build', release, '--output', 'built']);
  assert.is(built.code, 0, built.stderr);
  const trust = (what: string) =>
    world.run(['trust', what, '--policy', 'policy.yaml', '--statements', 'acme', '--statements', 'beta']);
  // The list of their sums that "build" lays out is as they are.
  const all = await trust('built');
  assert.equal([all.code, all.stderr], [0, ''], all.stdout);
  assert.match(all.stdout, /✔ SHA256SUMS .* is trusted: it has the sums of _output/);
  const [file = ''] = readdirSync(join(world.root, 'built'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'SHA256SUMS')
    .map((entry) => join(entry.parentPath, entry.name));
  writeFileSync(file, 'another program');
  const one = await trust('built');
  assert.is(one.code, 1);
  assert.match(one.stdout, `(sha256:${sha('another program')}) is not trusted\n`);
  assert.match(one.stdout, /✖ SHA256SUMS /);
});

test('two that did the same agree on all of it', async ({ world }) => {
  const ran = await world.run(['challenge', release, '--with', 'acme', 'beta', '--policy', 'policy.yaml']);
  assert.equal([ran.code, ran.stderr], [0, ''], ran.stdout);
  assert.match(ran.stdout, /agreed by 2 or more [1-9][0-9]*, differing 0, said by fewer 0\./);
});

test.run();
