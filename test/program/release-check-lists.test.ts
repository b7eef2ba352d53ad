import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { artifacts, assets, check, checkSuite, kit, manifest } from '../rig/check-world.ts';
import { packed, program, type SiteFiles, siteFiles, writeSiteFiles } from '../rig/published-site.ts';

const sums = (name: string) => [name, `${name}.sha256`, `${name}.sha512`];

/** What upstream says the site of `org/kit` has; of `org/tool` it says nothing. */
const test = checkSuite('release check: lists of files', {
  'projects/org/kit/expected_artifacts': [
    ...sums('SHA256SUM'),
    ...sums('SHA512SUM'),
    ...sums('kit-linux-amd64-$GIT_TAG.tar.gz'),
    'ATTRIBUTION.txt',
  ]
    .map((path) => `${path}\n`)
    .join(''),
});

const attribution = `${artifacts}/kit/v2.0.0/ATTRIBUTION.txt`;

test.before.each(({ site }) => {
  site.files.set(attribution, Buffer.from('all of it\n'));
});

test("a site's folder has what the lists name, more, or less", async ({ world }) => {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  try {
    const files = siteFiles('https://elsewhere.example', assets());
    writeSiteFiles(folder, files.set(attribution, Buffer.from('all of it\n')));
    const whole = await world.run(['release', 'check', folder]);
    assert.is(whole.code, 0, whole.stdout);
    assert.match(whole.stdout, /\nfiles +1 +1 +1\n/);
    const kit = join(folder, artifacts, 'kit/v2.0.0');
    writeFileSync(join(kit, 'more'), '');
    rmSync(join(kit, 'SHA512SUM.sha256'));
    const other = await world.run(['release', 'check', folder]);
    assert.is(other.code, 1);
    assert.match(
      other.stdout,
      'different: artifacts\n    It lacks kit/v2.0.0/SHA512SUM.sha256. No list names kit/v2.0.0/more.\n',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('sums that a list names and nobody has differ', async (context) => {
  context.site.files.delete(`${artifacts}/kit/v2.0.0/SHA256SUM`);
  context.site.files.delete(`${artifacts}/tool/v1.0.0/SHA256SUM`);
  const ran = await check(context);
  assert.is(ran.code, 1);
  assert.match(
    ran.stdout,
    "different: kit/v2.0.0/SHA256SUM\n    There is none: the server answered 404. Upstream's list",
  );
  assert.match(
    ran.stdout,
    'no-expectation: tool/v1.0.0/SHA256SUM: There is none: the server answered 404.\n',
  );
});

/** A site whose sums name a file that its manifest does not: another archive of `org/kit`. */
const unnamed = `${artifacts}/kit/v2.0.0/kit-more-linux-amd64-v2.0.0.tar.gz`;

function withMore(url: string, content = kit().content): SiteFiles {
  const more = { ...kit(), name: 'kit-more-linux-amd64-v2.0.0.tar.gz', content };
  const files = siteFiles(url, [...assets(), more]);
  files.set(attribution, Buffer.from('all of it\n'));
  return files.set(manifest, siteFiles(url, assets()).get(manifest) ?? Buffer.from(''));
}

test('what sums name and the manifest does not is fetched, compared and opened all the same', async (context) => {
  const { site } = context;
  site.files = withMore(site.url);
  // Upstream's list does not name it.
  const whole = await check(context);
  assert.is(whole.code, 0, whole.stdout + whole.stderr);
  assert.match(whole.stdout, /\narchives +4 +4 +4\n/);
  assert.ok(site.requests.includes(unnamed));

  const second = `${artifacts}/kit/v2.0.0/SHA512SUM`;
  const kept = site.files.get(second) ?? Buffer.from('');
  site.files.set(unnamed, packed({ hammer: program('another') }));
  site.files.delete(second);
  assert.match((await check(context)).stdout, 'Its hash is another than SHA256SUM says.');

  site.files.set(second, kept);
  site.files.delete(unnamed);
  const missing = await check(context);
  assert.is(missing.code, 1);
  assert.match(missing.stdout, 'different: kit: kit-more-linux-amd64-v2.0.0.tar.gz (kit/v2.0.0/SHA256SUM:2)');
  assert.match(missing.stdout, 'the server answered 404');

  site.files.set(unnamed, packed({ hammer: program('another') }));
  const other = await check(context);
  assert.is(other.code, 1);
  assert.match(other.stdout, 'Its hash is another than SHA256SUM says.');
});

test('in a folder, too', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  try {
    const files = withMore('https://elsewhere.example');
    files.delete(unnamed);
    writeSiteFiles(folder, files);
    const ran = await context.world.run(['release', 'check', folder]);
    assert.is(ran.code, 1, ran.stdout);
    assert.match(ran.stdout, 'different: kit: kit-more-linux-amd64-v2.0.0.tar.gz (kit/v2.0.0/SHA256SUM:2)');
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a program that sums alone name is held against the lock', async (context) => {
  const { site } = context;
  site.files = withMore(site.url, packed({ hammer: program('another') }));
  const ran = await check(context);
  assert.is(ran.code, 1);
  assert.match(ran.stdout, 'different: kit: kit-more-linux-amd64-v2.0.0.tar.gz: hammer\n');
});

test('what a list alone names is asked for, and missed by its name', async (context) => {
  const whole = await check(context);
  assert.is(whole.code, 0, whole.stdout);
  assert.match(whole.stdout, /\nfiles +1 +1 +1\n/);
  context.site.files.delete(attribution);
  const ran = await check(context);
  assert.is(ran.code, 1);
  assert.match(
    ran.stdout,
    "different: kit/v2.0.0/ATTRIBUTION.txt\n    There is none: the server answered 404. Upstream's list",
  );
});

test('names in sums lead nowhere else, and both lists name the same', async (context) => {
  const { site } = context;
  const list = `${artifacts}/kit/v2.0.0/SHA256SUM`;
  const before = String(site.files.get(list));
  for (const [name, told] of [
    ['../../../other', 'leaves its folder'],
    ['/etc/passwd', 'is absolute'],
    ['a?b=c', 'holds a character that a URL has another use for'],
    ['alone', 'SHA512SUM\n    It has no line of alone, which SHA256SUM names.'],
  ] as const) {
    site.requests.length = 0;
    site.files.set(list, Buffer.from(`${before}${'0'.repeat(64)}  ${name}\n`));
    const ran = await check(context);
    assert.is(ran.code, 1);
    assert.match(ran.stdout, told);
    assert.not.ok(site.requests.some((path) => /other|passwd|\?b=c/.test(path)));
  }
});

test.run();
