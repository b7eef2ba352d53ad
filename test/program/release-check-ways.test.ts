import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { artifacts, assets, check, checkSuite, manifest } from '../rig/check-world.ts';
import { siteFiles } from '../rig/published-site.ts';
import { type Fault, serveSite } from '../rig/site-server.ts';

/** What happens on the way to the files of a release, and where they are read from. */
const test = checkSuite('release check: the way to the files');

const archive = `${artifacts}/kit/v2.0.0/kit-linux-amd64-v2.0.0.tar.gz`;

/** What may happen on the way to an archive. */
const faults: readonly (readonly [fault: Fault, code: number, told: RegExp])[] = [
  ['missing', 1, /Nobody has http:\S+\.tar\.gz: the server answered 404\./],
  ['forbidden', 1, /the server answered 403/],
  ['cut', 4, /infra-failed: kit: kit-linux-amd64-v2\.0\.0\.tar\.gz/],
  ['cut once', 0, /archives +3 +3 +3\n/],
  ['unavailable twice', 0, /archives +3 +3 +3\n/],
  ['too short', 1, /Its hash is another than the manifest says\./],
  ['slow', 0, /archives +3 +3 +3\n/],
  ['packed', 0, /archives +3 +3 +3\n/],
  ['said to be packed', 0, /archives +3 +3 +3\n/],
  [{ to: 'http://other.example/x.tar.gz' }, 4, /it leads to other\.example, which nobody asked for/],
  [{ to: 'ftp://other.example/x.tar.gz' }, 4, /it leads to what is no http or https URL/],
];

for (const [fault, code, told] of faults) {
  test(`on the way: ${JSON.stringify(fault)}: ${code}`, async (context) => {
    context.site.faults.set(archive, fault);
    const ran = await check(context);
    assert.match(ran.stdout, told);
    assert.is(ran.code, code, ran.stdout);
  });
}

test('a host that was asked for is read from, and a manifest on this machine vouches for none', async (context) => {
  const { world, site } = context;
  const other = await serveSite();
  try {
    other.files = site.files;
    const files = siteFiles(other.url, assets());
    site.files = new Map([[manifest, files.get(manifest) ?? new Uint8Array()]]);
    assert.is((await check(context)).code, 2);
    const ran = await check(context, '--allow-host', other.host);
    assert.is(ran.code, 0, ran.stderr);
    mkdirSync(join(world.root, 'alone'));
    writeFileSync(join(world.root, 'alone/manifest.yaml'), files.get(manifest) ?? '');
    const alone = await world.run(['release', 'check', 'alone/manifest.yaml']);
    assert.is(alone.code, 2);
    assert.match(
      alone.stderr,
      `alone/manifest.yaml:16:14: error: this leads to ${other.host}, which nobody asked for`,
    );
    const named = await world.run(['release', 'check', 'alone/manifest.yaml', '--allow-host', other.host]);
    assert.is(named.code, 0, named.stderr);
  } finally {
    other.close();
  }
});

test('--allow-host is a host', async (context) => {
  for (const word of ['https://other.example/', 'a b', 'user@other.example', 'other.example/path']) {
    const ran = await check(context, '--allow-host', word);
    assert.equal([ran.code, ran.stdout], [2, '']);
    assert.match(ran.stderr, `--allow-host takes HOST[:PORT], not ${JSON.stringify(word)}.`);
  }
  assert.is((await check(context, '--allow-host', 'other.example:443')).code, 0);
});

test('an interruption ends it, and leaves nothing', async (context) => {
  const ending = new AbortController();
  context.site.faults.set(archive, 'slow');
  setTimeout(() => ending.abort(), 30);
  const argv = ['release', 'check', `${context.site.url}/${manifest}`];
  const ran = await context.world.run(argv, { signal: ending.signal });
  assert.equal([ran.code, ran.stdout], [130, '']);
  assert.equal(
    readdirSync(context.world.cache).filter((name) => name.startsWith('check-')),
    [],
  );
});

test('a place that is none', async ({ world, site }) => {
  for (const [place, told] of [
    ['nowhere', 'There is no file or folder nowhere.'],
    [`${site.url}/none.yaml`, `There is no ${site.url}/none.yaml: the server answered 404.`],
    [`http://user:canary@${site.host}/none.yaml`, `There is no ${site.url}/none.yaml`],
    ['https://', 'https:// is no URL'],
  ] as const) {
    const ran = await world.run(['release', 'check', place]);
    assert.equal([ran.code, ran.stdout], [2, ''], ran.stderr);
    assert.match(ran.stderr, told);
    assert.not.match(ran.stderr, 'canary');
  }
});

test.run();
