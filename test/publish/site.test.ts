import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { readReleaseChannel } from '../../orchestrator/publish/manifest/channel.ts';
import { crdTexts } from '../../orchestrator/publish/manifest/crds.ts';
import { readReleaseManifest } from '../../orchestrator/publish/manifest/release.ts';
import type { MadeFile, SiteContent } from '../../orchestrator/publish/site-content.ts';
import { beside, contentOf, lay, made, siteIn } from '../rig/laid-site.ts';
import { sha256, sha512 } from '../rig/manifests.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ folder: string; site: SiteContent; output: string }>('site');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'eksd-site-'));
  context.output = join(context.folder, 'site');
  context.site = siteIn(context.folder);
});

test.after.each(({ folder }: { folder: string }) => rmSync(folder, { recursive: true, force: true }));

async function refusal(site: SiteContent, output: string): Promise<string> {
  const written = await lay(site, output);
  return written.ok ? 'laid out' : describeFailure(written.error);
}

const artifacts = 'kubernetes-1-30-acme/releases/7/artifacts/widget/v1.0.0';
const manifest = 'kubernetes-1-30-acme/kubernetes-1-30-acme-eks-7.yaml';

test("a whole site, in upstream's layout, and nothing else", async ({ site, output, folder }) => {
  const written = await lay(site, output);
  assert.equal(written, { ok: true, value: { files: 14, isNew: true } });
  const content = contentOf(output);
  const sums = ['bin/linux/amd64/widget', 'SHA256SUM', 'SHA512SUM'].flatMap((name) => {
    return [name, `${name}.sha256`, `${name}.sha512`];
  });
  assert.equal(
    Object.keys(content),
    [
      ...[...sums, 'ATTRIBUTION.txt'].map((name) => `${artifacts}/${name}`),
      ...[manifest, 'releasechannels/1-30-acme.yaml', ...crdTexts.keys()],
    ].sort(),
  );
  const channel = readReleaseChannel(content['releasechannels/1-30-acme.yaml'] ?? '', 'x');
  assert.ok(channel.ok);
  const { annotations, ...said } = channel.value;
  assert.equal(said, { name: '1-30-acme', active: true, latestRelease: 7 });
  assert.equal(Object.keys(annotations ?? {}), ['eksd-rebuild/beside']);
  const read = readReleaseManifest(content[manifest] ?? '', manifest);
  assert.ok(read.ok);
  assert.equal(read.value.components, [
    {
      ...{ name: 'widget', gitTag: 'v1.0.0' },
      assets: [
        {
          ...{ name: 'bin/linux/amd64/widget', type: 'Archive', os: 'linux', arch: ['amd64'] },
          description: 'widget binary for linux/amd64',
          archive: {
            uri: `https://releases.example/eks/${artifacts}/bin/linux/amd64/widget`,
            ...{ sha256: sha256('widget'), sha512: sha512('widget') },
          },
        },
        {
          ...{ name: 'widget-image', type: 'Image', description: 'widget container image' },
          image: {
            uri: 'registry.example/eks/widget:v1.0.0-eks-1-30-acme-7',
            imageDigest: `sha256:${sha256('image')}`,
          },
        },
      ],
    },
  ]);
  assert.is(statSync(join(output, artifacts, 'bin/linux/amd64/widget')).mode & 0o777, 0o755);
  assert.is(statSync(output).mode & 0o777, 0o755);
  assert.equal(beside(folder), ['site']);
});

test('the same in another folder has the same bytes; a second time it is there already, and untouched', async ({
  site,
  output,
  folder,
}) => {
  await lay(site, output);
  const before = statSync(join(output, manifest));
  const again = await lay(site, output);
  assert.equal(again, { ok: true, value: { files: 14, isNew: false } });
  assert.is(statSync(join(output, manifest)).ino, before.ino);
  const other = join(folder, 'deep', 'er', 'other');
  await lay({ ...site, files: [...site.files].reverse() }, other);
  assert.equal(contentOf(other), contentOf(output));
  assert.equal(beside(folder), ['deep', 'site']);
});

test('what was changed, added and taken away meanwhile is made good', async ({ site, output }) => {
  await lay(site, output);
  const whole = contentOf(output);
  chmodSync(join(output, artifacts, 'bin/linux/amd64/widget'), 0o644);
  writeFileSync(join(output, artifacts, 'bin/linux/amd64/widget'), 'Widget');
  assert.equal(await lay(site, output), { ok: true, value: { files: 14, isNew: true } });
  assert.equal(contentOf(output), whole);
  writeFileSync(join(output, artifacts, 'stray'), 'stray');
  rmSync(join(output, artifacts, 'SHA256SUM'));
  assert.equal(await lay(site, output), { ok: true, value: { files: 14, isNew: true } });
  assert.equal(contentOf(output), whole);
});

test('a site that was made here gives way to another release; what stays the same stays the same file', async ({
  site,
  output,
  folder,
}) => {
  await lay(site, output);
  const attribution = statSync(join(output, artifacts, 'ATTRIBUTION.txt')).ino;
  const [, second] = site.files;
  const first = {
    ...site.files[0],
    ...made(folder, 'widget/v1.0.0/bin/linux/amd64/widget2', 'two'),
  } as MadeFile;
  await lay({ ...site, files: [first, second as MadeFile] }, output);
  const content = contentOf(output);
  assert.is(content[`${artifacts}/bin/linux/amd64/widget2`], 'two');
  assert.not.ok(`${artifacts}/bin/linux/amd64/widget` in content);
  assert.is(statSync(join(output, artifacts, 'ATTRIBUTION.txt')).ino, attribution);
  await lay({ ...site, number: 8 }, output);
  assert.not.ok(manifest in contentOf(output));
  assert.equal(beside(folder), ['site']);
});

test('a file of the store that is not what it was leaves the former site as it is', async ({
  site,
  output,
  folder,
}) => {
  await lay(site, output);
  const before = contentOf(output);
  const [, second] = site.files;
  const first = made(folder, 'widget/v1.0.0/bin/linux/amd64/other', 'other');
  chmodSync(first.source, 0o644);
  for (const spoil of [() => writeFileSync(first.source, 'OTHER'), () => rmSync(first.source)]) {
    spoil();
    const written = await lay({ ...site, files: [first, second as MadeFile] }, output);
    assert.ok(!written.ok);
    assert.is(written.error.reason, 'store-damaged');
    assert.equal(contentOf(output), before);
    assert.equal(beside(folder), ['site']);
  }
});

test('an interruption leaves the former site as it is', async ({ site, output, folder }) => {
  await lay(site, output);
  const before = contentOf(output);
  const signal = AbortSignal.abort();
  assert.equal(await lay({ ...site, number: 8 }, output, signal), {
    ok: false,
    error: { reason: 'aborted' },
  });
  assert.equal(contentOf(output), before);
  assert.equal(beside(folder), ['site']);
});

test('what a killed process left is put back, and taken away', async ({ site, output, folder }) => {
  await lay(site, output);
  const before = contentOf(output);
  // Between the two renames.
  renameSync(output, join(folder, '.site.eksd-rebuild-former'));
  mkdirSync(join(folder, '.site.eksd-rebuild-new-abc123', 'kubernetes-1-30'), { recursive: true });
  assert.equal(await lay(site, output), { ok: true, value: { files: 14, isNew: false } });
  assert.equal(contentOf(output), before);
  // After them.
  mkdirSync(join(folder, '.site.eksd-rebuild-former'));
  assert.equal(await lay({ ...site, number: 8 }, output), { ok: true, value: { files: 14, isNew: true } });
  assert.equal(beside(folder), ['site']);
  // A link of that name leads to what is not ours.
  renameSync(output, join(folder, 'elsewhere'));
  const theirs = contentOf(join(folder, 'elsewhere'));
  symlinkSync('elsewhere', join(folder, '.site.eksd-rebuild-former'));
  await lay({ ...site, number: 9 }, output);
  assert.equal(contentOf(join(folder, 'elsewhere')), theirs);
  assert.equal(beside(folder), ['elsewhere', 'site']);
});

test('a folder of somebody else is left alone, and said why', async ({ site, output }) => {
  await lay(site, output);
  const own = contentOf(output)[manifest] ?? '';
  rmSync(output, { recursive: true });
  mkdirSync(join(output, 'kubernetes-1-30-acme'), { recursive: true });
  writeFileSync(join(output, 'mine'), 'mine');
  assert.match(
    await refusal(site, output),
    'site is not empty, and holds no site.\nName a folder that is not there yet',
  );
  writeFileSync(join(output, manifest), own);
  assert.match(
    await refusal(site, output),
    'site holds mine, which is no part of the site and would be lost.',
  );
  rmSync(join(output, 'mine'));
  writeFileSync(join(output, 'kubernetes-1-30-acme/other.yaml'), own);
  assert.match(await refusal(site, output), 'site holds more than one release: kubernetes-1-30-acme/');
  rmSync(join(output, 'kubernetes-1-30-acme/other.yaml'));
  writeFileSync(join(output, manifest), own.replace('eksd-rebuild/release', 'other/release'));
  assert.match(await refusal(site, output), `site holds ${manifest}, which was not made here.`);
  writeFileSync(join(output, manifest), 'kind: Other\n');
  assert.match(await refusal(site, output), `site holds ${manifest}, which is no manifest of a release.`);
  assert.is(readFileSync(join(output, manifest), 'utf8'), 'kind: Other\n');
});

test('of a folder that is no site nothing is looked into: it may be the whole machine', async ({ site }) => {
  const began = performance.now();
  assert.match(await refusal(site, '/'), 'site is not empty, and holds no site.');
  assert.ok(performance.now() - began < 2000);
});

test('a name as long as there may be one', async ({ site, folder }) => {
  for (const name of ['s'.repeat(255), 'ß'.repeat(127)]) {
    const output = join(folder, name);
    assert.equal(await lay(site, output), { ok: true, value: { files: 14, isNew: true } });
    assert.equal(await lay({ ...site, number: 8 }, output), { ok: true, value: { files: 14, isNew: true } });
    assert.equal(beside(folder), [name]);
    rmSync(output, { recursive: true });
  }
});

test('links are not followed: among the files, in the place of the folder', async ({
  site,
  output,
  folder,
}) => {
  await lay(site, output);
  symlinkSync('/etc/passwd', join(output, artifacts, 'link'));
  assert.match(await refusal(site, output), `site holds ${artifacts}/link, which is no file.`);
  rmSync(join(output, artifacts, 'link'));
  // A link to a folder is what it leads to, and stays.
  renameSync(output, join(folder, 'real'));
  symlinkSync('real', output);
  assert.equal(await lay({ ...site, number: 8 }, output), { ok: true, value: { files: 14, isNew: true } });
  assert.ok(existsSync(join(folder, 'real/kubernetes-1-30-acme/kubernetes-1-30-acme-eks-8.yaml')));
  assert.equal([...beside(folder)].sort(), ['real', 'site']);
  rmSync(output);
  symlinkSync('nowhere', output);
  assert.match(await refusal(site, output), 'is no folder');
  rmSync(output);
  writeFileSync(output, 'mine');
  assert.match(await refusal(site, output), 'is no folder');
  assert.is(readFileSync(output, 'utf8'), 'mine');
});

test('an empty folder is taken', async ({ site, output }) => {
  mkdirSync(output);
  assert.equal(await lay(site, output), { ok: true, value: { files: 14, isNew: true } });
});

test.run();
