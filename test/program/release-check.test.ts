import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { artifacts, assets, check, checkSuite, imageTar, kit, manifest, single } from '../rig/check-world.ts';
import { layerFile } from '../rig/layer.ts';
import { channelText, program, type SiteImage, siteFiles, writeSiteFiles } from '../rig/published-site.ts';

const test = checkSuite('release check');

test('all as the manifest, the sums beside the files and the lock say: 0, and how much that was', async (context) => {
  const ran = await check(context);
  assert.equal([ran.code, ran.stderr], [0, '']);
  assert.is(
    ran.stdout,
    `kubernetes-1-30-eks-6 (${context.site.url}/${manifest})
          identical  comparable  all
archives          3           3    3
sums             18          18   18
members           2           2    2
programs          4           4    4
channels          1           1    1
What programs should be is what the lock of v1-30-eks-6 says.
`,
  );
  assert.equal(
    readdirSync(context.world.cache).filter((name) => name.startsWith('check-')),
    [],
    'nothing is left behind',
  );
});

test('the same of a folder, of a manifest in it, and of several releases', async (context) => {
  const { world, site } = context;
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  writeSiteFiles(folder, siteFiles('https://elsewhere.example', assets()));
  for (const place of [folder, join(folder, manifest)]) {
    const ran = await world.run(['release', 'check', place, '--json']);
    assert.equal([ran.code, ran.stderr], [0, ''], ran.stdout);
    const { schema, releases } = JSON.parse(ran.stdout);
    assert.equal([schema, releases.length], [1, 1]);
    assert.equal(releases[0].totals.programs, { identical: 4, comparable: 4, all: 4 });
    assert.is(releases[0].lock, 'v1-30-eks-6');
  }
  assert.equal(site.requests, [], 'nobody is asked');
  writeFileSync(join(folder, artifacts, 'kit/v2.0.0/kit-linux-amd64-v2.0.0.tar.gz'), 'changed');
  const changed = await world.run(['release', 'check', folder]);
  assert.is(changed.code, 1);
  assert.match(changed.stdout, 'different: kit: kit-linux-amd64-v2.0.0.tar.gz (');
  const empty = await world.run(['release', 'check', mkdtempSync(join(tmpdir(), 'empty-'))]);
  assert.is(empty.code, 2);
  assert.match(empty.stderr, 'There is no manifest of a release in ');
});

/** What is not as it is said, and what is told of it. */
const different: readonly (readonly [
  what: string,
  site: (url: string) => ReturnType<typeof siteFiles>,
  told: RegExp,
])[] = [
  [
    'a program in an archive',
    (url) => siteFiles(url, [kit({ saw: program('another saw') })]),
    /different: kit: kit-linux-amd64-v2\.0\.0\.tar\.gz: saw\n {4}org\/kit expects another \(projects\/org\/kit\/1-30\/CHECKSUMS:2\)\.\n {4}expected [0-9a-f]{64}\n {4}found {4}[0-9a-f]{64}\n/,
  ],
  [
    'a program by itself',
    (url) => siteFiles(url, [single(program('another tool'))]),
    /different: tool: bin\/linux\/amd64\/tool\n/,
  ],
  [
    'a program in an image in a tar',
    (url) => siteFiles(url, [imageTar(program('another tool'))]),
    /different: tool: bin\/linux\/amd64\/tool\.tar: blobs\/sha256\/[0-9a-f]{64}: usr\/bin\/tool\n/,
  ],
  [
    'a hash in the manifest, at its line',
    (url) => siteFiles(url, [{ ...kit(), said: { sha256: 'f'.repeat(64) } }]),
    /different: kit: kit-linux-amd64-v2\.0\.0\.tar\.gz \(http:\S+\.yaml:14:\d+\)\n {4}Its hash is another than the manifest says\.\n {4}expected f{64}\n/,
  ],
  [
    'only the longer hash',
    (url) => siteFiles(url, [{ ...kit(), said: { sha512: 'f'.repeat(128) } }]),
    /expected f{128}\n {4}found {4}[0-9a-f]{128}\n/,
  ],
  [
    'a sum beside a file',
    (url) =>
      withText(
        url,
        'kit/v2.0.0/kit-linux-amd64-v2.0.0.tar.gz.sha512',
        `${'1'.repeat(128)}  kit-linux-amd64-v2.0.0.tar.gz\n`,
      ),
    /different: kit: kit-linux-amd64-v2\.0\.0\.tar\.gz\.sha512\n {4}It says another hash of kit-linux-amd64-v2\.0\.0\.tar\.gz\.\n/,
  ],
  [
    'a list of sums without a line',
    (url) => withText(url, 'tool/v1.0.0/SHA256SUM', ''),
    /different: tool\/v1\.0\.0\/SHA256SUM\n {4}It has no line of bin\/linux\/amd64\/tool\. 1 more are not as it says\.\n/,
  ],
  [
    'a list of sums that is none',
    (url) => withText(url, 'tool/v1.0.0/SHA512SUM', '<html>sign in</html>\n'),
    /SHA512SUM:1 is no line of sha512sum\./,
  ],
  [
    'an archive that is unsafe',
    (url) => siteFiles(url, [{ ...kit(), content: layerFile([{ path: '../evil', content: 'x' }]) }]),
    /Its member \.\.\/evil leaves its folder\./,
  ],
  [
    'an archive that is none',
    (url) => siteFiles(url, [{ ...kit(), content: Buffer.from('x'.repeat(2000)) }]),
    /It cannot be opened\. A header has a wrong checksum\./,
  ],
];

function withText(url: string, path: string, text: string): ReturnType<typeof siteFiles> {
  return siteFiles(url, assets()).set(`${artifacts}/${path}`, Buffer.from(text));
}

for (const [what, site, told] of different) {
  test(`differs: 1, what and where: ${what}`, async (context) => {
    context.site.files = site(context.site.url);
    const ran = await check(context);
    assert.match(ran.stdout, told, ran.stdout);
    assert.equal([ran.code, ran.stderr], [1, '']);
  });
}

test('where there are no sums beside the files, that is said, and is no difference', async (context) => {
  for (const path of [...context.site.files.keys()]) {
    if (/\.sha(256|512)$|SHA(256|512)SUM$/.test(path)) context.site.files.delete(path);
  }
  const ran = await check(context);
  assert.is(ran.code, 0);
  assert.match(ran.stdout, 'no-expectation: 10 sums: There is none: the server answered 404.\n');
});

test('without a lock the programs are not compared; another may be named', async (context) => {
  const { world, site } = context;
  const text = Buffer.from(site.files.get(manifest) ?? [])
    .toString()
    .replaceAll('-eks-6', '-eks-7');
  site.files.set(manifest, Buffer.from(text.replace('number: 6', 'number: 7')));
  site.files.set('releasechannels/1-30.yaml', Buffer.from(channelText(7)));
  const ran = await check(context);
  assert.is(ran.code, 0);
  assert.match(ran.stdout, 'no-expectation: 3 programs: There is no lock of v1-30-eks-7: ');
  const other = await check(context, '--lock', 'v1-30-eks-6');
  assert.match(other.stdout, /programs +4 +4 +4\n/);
  const none = await check(context, '--lock', 'v1-30-eks-60');
  assert.equal([none.code, none.stdout], [2, '']);
  assert.ok(world);
});

test('a registry that does not answer: 4; one without a name in front is not asked', async (context) => {
  const images: readonly SiteImage[] = [
    { component: 'tool', name: 'tool-image', uri: 'public.ecr.aws/eks-distro/tool:v1' },
    { component: 'tool', name: 'old-image', uri: '/org/tool:v1' },
  ];
  context.site.files = siteFiles(context.site.url, assets(), images);
  const ran = await check(context);
  assert.is(ran.code, 4);
  assert.match(ran.stdout, 'infra-failed: tool: tool-image (');
  assert.match(ran.stdout, "no-expectation: tool: old-image: The image's name has no registry in front");
  assert.match(ran.stderr, 'warning: the image has no registry in front\n');
});

test('a channel that names no release that is there, one before this, or is none', async (context) => {
  const { site } = context;
  const channel = 'releasechannels/1-30.yaml';
  for (const [latest, code, told] of [
    [7, 1, `different: ${channel}\n    It says that 7 is the latest, which is not there.\n`],
    [5, 1, `different: ${channel}\n    It says that 5 is the latest, before this one.\n`],
  ] as const) {
    site.files.set(channel, Buffer.from(channelText(latest)));
    const ran = await check(context);
    assert.match(ran.stdout, told);
    assert.is(ran.code, code);
  }
  site.files.set(channel, Buffer.from(channelText(7)));
  site.files.set(manifest.replace('-6.', '-7.'), site.files.get(manifest) ?? new Uint8Array());
  assert.is((await check(context)).code, 0, 'a later one is there');
  site.files.set(channel, Buffer.from(channelText(6).replace('6', 'six')));
  const none = await check(context);
  assert.is(none.code, 2);
  assert.match(none.stderr, /releasechannels\/1-30\.yaml:9:\d+: error: /);
});

test('nothing that counts could be compared: 5', async (context) => {
  const images = [{ component: 'tool', name: 'old-image', uri: '/org/tool:v1' }];
  context.site.files = siteFiles(context.site.url, [], images);
  context.site.files.delete('releasechannels/1-30.yaml');
  assert.is((await check(context)).code, 5);
});

test.run();
