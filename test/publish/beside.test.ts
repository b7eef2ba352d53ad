import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { checkChannel } from '../../orchestrator/publish/check/channel.ts';
import { folderFiles } from '../../orchestrator/publish/check/file-source.ts';
import { checkUnsummed } from '../../orchestrator/publish/check/unsummed.ts';
import { decodeReleaseManifest, type ReleaseManifest } from '../../orchestrator/publish/manifest/release.ts';
import { readSite } from '../../orchestrator/publish/read-site.ts';
import { contentOf, lay, siteIn } from '../rig/laid-site.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ folder: string; site: string }>('what goes out beside the files of a release');

const folderOf = 'kubernetes-1-30-acme';
const widget = 'widget/v1.0.0/bin/linux/amd64/widget';

test.before.each(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'beside-'));
  context.site = join(context.folder, 'site');
  defer(() => rmSync(context.folder, { recursive: true }));
  const content = {
    ...siteIn(context.folder),
    ...{ changelog: '# Changes\n', snsTopicArn: 'arn:aws:sns:us-west-2:123456789012:releases' },
    bundles: new Map([[widget, '{"signed":true}']]),
  };
  assert.ok((await lay(content, context.site)).ok);
});

async function taken(site: string): Promise<string> {
  const around = { shown: (path: string) => path, signal: new AbortController().signal };
  const read = await readSite(site, 'v1-30-acme-eks-7', around);
  return read.ok ? 'taken' : describeFailure(read.error);
}

const changelog = `${folderOf}/releases/7/CHANGELOG-v1-30-acme-eks-7.md`;
const channel = 'releasechannels/1-30-acme.yaml';
const manifest = `${folderOf}/${folderOf}-eks-7.yaml`;
const definition = 'crds/releases.distro.eks.amazonaws.com-v1alpha1.yaml';
const bundle = `${folderOf}/releases/7/artifacts/${widget}.sigstore.json`;

const wasChanged = (path: string) => `${path}: error: was changed since the site was laid out\n`;

/** What is changed by hand in a site, and what is said of it. */
const changes: readonly (readonly [path: string, from: string, to: string, said: string])[] = [
  [changelog, 'Changes', 'Chances', wasChanged(changelog)],
  [definition, 'minItems: 1', 'minItems: 0', wasChanged(definition)],
  // A manifest that is one still, with another image.
  [manifest, 'widget container image', 'widget image', wasChanged(manifest)],
  [manifest, 'registry.example/eks', 'registry.example/other', wasChanged(manifest)],
  [channel, '123456789012', '210987654321', `${channel}: error: or what is signed of files, was changed`],
  [channel, 'active: true', 'active: false', `${channel}: error: or what is signed of files, was changed`],
  [bundle, 'true', 'false', `${channel}: error: or what is signed of files, was changed`],
  [channel, 'eksd-rebuild/beside', 'acme/beside', `${channel}: error: does not say what was laid out beside`],
];

test('what no sum speaks of is what was laid out, or nothing goes out', async ({ site }) => {
  assert.is(await taken(site), 'taken');
  for (const [path, from, to, said] of changes) {
    const text = readFileSync(join(site, path), 'utf8');
    assert.ok(text.includes(from), path);
    writeFileSync(join(site, path), text.replace(from, to));
    assert.match(await taken(site), said);
    writeFileSync(join(site, path), text);
  }
  assert.is(await taken(site), 'taken');
});

test('what is taken away is missed, what is added is told', async ({ site }) => {
  for (const [path, said] of [
    [changelog, `${changelog}: error: is not there: the channel names it`],
    [bundle, 'artifacts/*.sigstore.json: error: is not there'],
  ] as const) {
    const text = readFileSync(join(site, path));
    rmSync(join(site, path));
    assert.match(await taken(site), said.replace(/^artifacts\//, ''));
    writeFileSync(join(site, path), text);
  }
  writeFileSync(join(site, `${folderOf}/releases/7/artifacts/widget/v1.0.0/SHA256SUM.sigstore.json`), '{}');
  assert.match(await taken(site), 'or what is signed of files, was changed');
});

test('a check of what is published says the same', async ({ site }) => {
  const verdicts = async () => {
    const content = contentOf(site);
    const text = async (path: string) => {
      const found = content[path];
      return { ok: true, value: found === undefined ? undefined : { text: found, file: path } } as const;
    };
    const found = await checkChannel({ channel: '1-30-acme', number: 7 } as ReleaseManifest, { text });
    return found.ok
      ? found.value.flatMap(({ verdict, name }) => (verdict === 'identical' ? [] : [name]))
      : found;
  };
  assert.equal(await verdicts(), []);
  for (const path of [changelog, definition, manifest]) {
    const text = readFileSync(join(site, path), 'utf8');
    writeFileSync(join(site, path), `${text}# more\n`);
    assert.equal(await verdicts(), [path]);
    rmSync(join(site, path));
    assert.equal(await verdicts(), [path]);
    writeFileSync(join(site, path), text);
  }
});

test('and so of what the manifest has the sums of', async ({ site }) => {
  const attribution = 'widget/v1.0.0/ATTRIBUTION.txt';
  const artifacts = `${folderOf}/releases/7/artifacts`;
  const decoded = decodeReleaseManifest(readFileSync(join(site, manifest), 'utf8'), manifest);
  assert.ok(decoded.ok);
  const check = async () => {
    const base = `https://releases.example/eks/${artifacts}/`;
    const checking = { fetch: folderFiles(site, artifacts), atOnce: 2, base };
    const found = await checkUnsummed(decoded.value, checking);
    assert.ok(found.ok);
    return found.value.map(({ verdict, name, why }) => `${verdict}: ${name}: ${why}`);
  };
  assert.equal(await check(), [`identical: ${attribution}: It has the hash that the manifest says.`]);
  writeFileSync(join(site, artifacts, attribution), 'Attribution');
  assert.equal(await check(), [`different: ${attribution}: Its hash is another than the manifest says.`]);
  rmSync(join(site, artifacts, attribution));
  assert.match((await check()).join(), /^different: widget/);
});

test.run();
