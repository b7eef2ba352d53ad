import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { readSite } from '../../orchestrator/publish/read-site.ts';
import { verifyBundle } from '../../orchestrator/statement/sign/verify-bundle.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { at, lay, pathsIn, siteWorld } from '../rig/site-world.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';
import { unwrap } from '../statement/sign/rig.ts';

const test = suite<{ world: ImageWorld; key: string; pem: string }>('release --sign');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await siteWorld();
  const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  context.key = join(context.world.folder, 'release.key');
  writeFileSync(context.key, pair.privateKey.export({ type: 'pkcs8', format: 'pem' }));
  context.pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
});

const ending = '.sigstore.json';

test('beside each file is a bundle that says how it was made, and all else is as without', async (context) => {
  const { world, key, pem } = context;
  const ran = await lay(world, 'signed', ...at, '--sign', key);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, `How 8 files came about is signed by ${key}, beside them.\n`);
  const site = join(world.root, 'signed');
  const paths = pathsIn(site);
  const bundles = paths.filter((path) => path.endsWith(ending));
  assert.is(bundles.length, 8);
  assert.is((await lay(world, 'plain', ...at)).code, 0);
  assert.equal(
    paths.filter((path) => !path.endsWith(ending)),
    pathsIn(join(world.root, 'plain')),
  );
  const trusted = { keys: [{ name: 'ours', pem }], identities: [] };
  for (const bundle of bundles) {
    const text = readFileSync(join(site, bundle), 'utf8');
    assert.not.match(text, world.folder);
    const { statement } = unwrap(await verifyBundle(text, bundle, trusted));
    const file = bundle.slice(0, -ending.length);
    const name = file.replace(/^.*\/artifacts\//, '');
    assert.equal(statement.subject, [{ name, digest: { sha256: digestOf(readFileSync(join(site, file))) } }]);
    assert.is(statement.predicateType, 'https://slsa.dev/provenance/v1');
  }
});

test('a second time nothing is new; what somebody changed is signed again', async ({ world, key }) => {
  const site = join(world.root, 'signed');
  const [bundle = ''] = pathsIn(site).filter((path) => path.endsWith(ending));
  const again = await lay(world, 'signed', ...at, '--sign', key);
  assert.match(again.stderr, 'signed has this very site already: 53 files and 3 images\n');
  const before = readFileSync(join(site, bundle), 'utf8');
  writeFileSync(join(site, bundle), before.replace('"payload":"', '"payload":"AAAA'));
  const mended = await lay(world, 'signed', ...at, '--sign', key);
  assert.is(mended.code, 0, mended.stderr);
  assert.not.match(mended.stderr, 'already');
  assert.match(readFileSync(join(site, bundle), 'utf8'), /"payload":"ey/);
});

test('the site is taken as one, by check and by publish', async ({ world }) => {
  const [signed, plain] = ['signed', 'plain'].map((name) => join(world.root, name)) as [string, string];
  const checkOf = async (site: string) => {
    const { code, stdout, stderr } = await world.run(['release', 'check', site]);
    return [code, stdout.replaceAll(site, ''), stderr.replaceAll(site, '')];
  };
  assert.equal(await checkOf(signed), await checkOf(plain));
  const around = { shown: (path: string) => path, signal: new AbortController().signal };
  const { files } = unwrap(await readSite(signed, release, around));
  assert.is(files.artifacts.filter(({ path }) => path.endsWith(ending)).length, 8);
});

test('a key that cannot be used ends it before anything is laid out', async ({ world }) => {
  const ran = await lay(world, 'never', ...at, '--sign', join(world.folder, 'none'));
  assert.is(ran.code, 2);
  assert.match(ran.stderr, /it is not there\./);
  rmSync(join(world.root, 'never'), { recursive: true, force: true });
});

test.run();
