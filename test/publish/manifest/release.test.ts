import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { renderDiagnostic } from '../../../orchestrator/core/diagnostic.ts';
import {
  decodeReleaseManifest,
  type ReleaseManifest,
  readReleaseManifest,
  writeReleaseManifest,
} from '../../../orchestrator/publish/manifest/release.ts';
import { oldManifest, ownManifest, sha256, sha512 } from '../../rig/manifests.ts';

function read(text: string): ReleaseManifest {
  const result = readReleaseManifest(text, 'release.yaml');
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
}

test("a server's page for a folder is said to be one, and what to name", () => {
  const result = readReleaseManifest('\n<!DOCTYPE HTML>\n<html lang="en">', 'https://releases.example/eks');
  assert.equal(result, {
    ok: false,
    error: {
      reason: 'usage',
      message: 'https://releases.example/eks is a web page, and no manifest of a release.',
      help: 'A site has them as kubernetes-<channel>/kubernetes-<channel>-eks-<number>.yaml: name one.',
    },
  });
});

test('a manifest of the first years: indented lists, random order, no digests, a commit of the build repository', () => {
  const manifest = read(oldManifest);
  assert.equal(
    { ...manifest, components: manifest.components.map(({ name }) => name) },
    {
      name: 'kubernetes-1-18-eks-1',
      channel: '1-18',
      number: 1,
      buildRepoCommit: 'c'.repeat(40),
      date: '2020-12-01T01:02:03Z',
      annotations: {},
      components: ['widget', 'gadget'],
    },
  );
  const [widget, gadget] = manifest.components;
  assert.equal(widget, {
    name: 'widget',
    gitTag: 'v1.18.9',
    gitCommit: 'a'.repeat(40),
    assets: [
      {
        ...{ name: 'bin/linux/arm64/widget', type: 'Archive', os: 'linux', arch: ['arm64'] },
        description: 'widget binary for linux/arm64',
        archive: {
          uri: 'https://site.example/kubernetes-1-18/releases/1/artifacts/widget/v1.18.9/bin/linux/arm64/widget',
          ...{ sha256: sha256('widget'), sha512: sha512('widget') },
        },
      },
      {
        ...{ name: 'widget-src.tar.gz', type: 'Archive', description: 'widget source tarball' },
        archive: {
          uri: 'https://site.example/kubernetes-1-18/releases/1/artifacts/widget/v1.18.9/widget-src.tar.gz',
          ...{ sha256: sha256('src'), sha512: sha512('src') },
        },
      },
    ],
  });
  assert.equal(gadget?.assets, [
    {
      ...{ name: 'gadget-image', type: 'Image', os: 'linux', arch: ['amd64', 'arm64'] },
      description: 'gadget container image',
      image: { uri: 'registry.example/eks/gadget:v2.0.0-eks-1-18-1' },
    },
  ]);
});

test('what is written is read again as it was, and written again as the same bytes, whatever its order', () => {
  const text = writeReleaseManifest(ownManifest);
  const again = read(text);
  const sorted = (manifest: ReleaseManifest) => ({
    ...manifest,
    components: [...manifest.components]
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .map((each) => ({ ...each, assets: [...each.assets].sort((a, b) => (a.name < b.name ? -1 : 1)) })),
  });
  assert.equal(again, sorted(ownManifest));
  const turned: ReleaseManifest = {
    ...ownManifest,
    annotations: Object.fromEntries(Object.entries(ownManifest.annotations).reverse()),
    components: [...ownManifest.components].reverse().map((component) => ({
      ...component,
      assets: [...component.assets]
        .reverse()
        .map((asset) => (asset.arch === undefined ? asset : { ...asset, arch: [...asset.arch].reverse() })),
    })),
  };
  assert.is(writeReleaseManifest(turned), text);
  assert.is(writeReleaseManifest(again), text);
});

test('a reader of YAML 1.1 takes no text for something else: a date, a channel, a tag that is a number', () => {
  const text = writeReleaseManifest({
    ...ownManifest,
    annotations: { on: 'yes', 'eksd-rebuild/lock': '1'.repeat(64) },
  });
  const given = parse(text, { version: '1.1' });
  assert.equal(given.metadata.annotations, { on: 'yes', 'eksd-rebuild/lock': '1'.repeat(64) });
  assert.equal([given.spec.channel, given.spec.number], ['1-30-acme', 7]);
  assert.is(given.status.date, '2024-05-28T18:11:48Z');
  assert.equal(given.status, parse(text).status);
  assert.not.match(text, /%YAML|---/);
});

test('what upstream had at times is a note at its place, and read all the same', () => {
  const text = oldManifest
    .replace('registry.example/eks/gadget:', '/gadget:')
    .replace('          description: gadget container image\n', '')
    .replace('  channel: 1-18\n', '  channel: 1-18\n  endOfLife: 2022-01-01\n')
    .replace('artifacts/widget/v1.18.9/widget-src.tar.gz', 'artifacts/widget/v1.18.9/widget.tar.gz')
    .replace('/releases/1/artifacts/widget/v1.18.9/bin', '/releases/0/artifacts/widget/v1.18.9/bin');
  const decoded = decodeReleaseManifest(text, 'old.yaml');
  assert.ok(decoded.ok);
  assert.equal(
    decoded.value.notes.map((each) => renderDiagnostic(each).split('\n')[0]),
    [
      'old.yaml:11:14: warning: unknown field "endOfLife"',
      'old.yaml:24:18: warning: the URI is not below /kubernetes-1-18/releases/1/artifacts/, where this release has its files',
      "old.yaml:32:18: warning: the URI does not end in the asset's name, widget-src.tar.gz",
      'old.yaml:44:17: warning: gadget-image of gadget has no description',
      'old.yaml:43:18: warning: the image has no registry in front',
    ],
  );
  assert.is(decoded.value.manifest.components.length, 2);
});

test('a complaint that comes later has its place, too', () => {
  const decoded = decodeReleaseManifest(oldManifest, 'old.yaml');
  assert.ok(decoded.ok);
  const place = ['status', 'components', 0, 'assets', 1, 'archive', 'sha256'];
  const { location } = decoded.value.complain(place, 'the archive has another');
  assert.match(location.text ?? '', sha256('src'));
});

test('what kubectl prints of a resource is read: an API server adds to metadata what it likes', () => {
  const text = oldManifest.replace(
    'metadata:\n',
    'metadata:\n  uid: 1234\n  managedFields: [{ manager: kubectl, fieldsV1: { "f:spec": {} } }]\n  labels: { team: a }\n',
  );
  const decoded = decodeReleaseManifest(text, 'got.yaml');
  assert.ok(decoded.ok);
  assert.equal(decoded.value.notes, []);
});

test('names are as long as those of files and labels at most', () => {
  for (const [from, most] of [
    ['widget-src.tar.gz', 255],
    ['gadget', 63],
  ] as const) {
    const named = (length: number) =>
      readReleaseManifest(
        oldManifest.replace(`name: ${from}\n`, () => `name: ${'g'.repeat(length)}\n`),
        'x',
      );
    assert.equal([named(most).ok, named(most + 1).ok], [true, false]);
  }
});

test.run();
