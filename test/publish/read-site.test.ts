import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { readSite } from '../../orchestrator/publish/read-site.ts';
import { writeSite } from '../../orchestrator/publish/site.ts';
import { partSize } from '../../orchestrator/publish/site-file.ts';
import { makeSite, type TestSite, testArtifacts } from '../rig/site.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ folder: string }>('the site of a release in a folder');
test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'site-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

const release = 'v1-30-eks-5';
const artifacts = 'kubernetes-1-30/releases/5/artifacts';
const manifest = 'kubernetes-1-30/kubernetes-1-30-eks-5.yaml';
const plugin = 'plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz';

function read(folder: string, name = release) {
  const around = {
    shown: (path: string) => (path === '' ? 'site' : `site/${path}`),
    signal: new AbortController().signal,
  };
  return readSite(folder, name, around);
}

/** What is said of a site after a change to it. */
async function complaints(
  folder: string,
  change: () => void,
  site: TestSite = {},
  name = release,
): Promise<string> {
  makeSite(folder, site);
  change();
  const found = await read(folder, name);
  assert.not.ok(found.ok, 'it was taken');
  return found.ok ? '' : describeFailure(found.error);
}

/** Changes a text file of a site. */
function edit(folder: string, path: string, from: string | RegExp, to: string): void {
  const text = readFileSync(join(folder, path), 'utf8');
  assert.ok(text.replace(from, to) !== text, `${path} has no ${from}`);
  writeFileSync(join(folder, path), text.replace(from, to));
}

test('what is as it says is taken, with the sums of its files', async ({ folder }) => {
  makeSite(folder);
  const found = await read(folder);
  assert.ok(found.ok, JSON.stringify(found));
  const { files, baseUri, channel, layout } = found.value;
  assert.equal([baseUri, channel.latestRelease, layout.number], ['https://releases.example.com', 5, 5]);
  // Three files with two sums each, two without, and in two folders two lists with two sums each.
  assert.is(files.artifacts.length, 3 * 3 + 2 + 2 * 6);
  const found1 = files.artifacts.find(({ path }) => path === `${artifacts}/${plugin}`);
  assert.equal([found1?.size, found1?.sha256], [17, digestOf('plugins for amd64')]);
  assert.equal(found1?.parts, [digestOf('plugins for amd64')]);
  const files1 = [...files.crds, files.manifest, files.channel].map(({ path }) => path);
  assert.is(files1.length, 4);
});

test('a release goes by its tag, by its resource, and by what it was rebuilt from', async ({ folder }) => {
  makeSite(folder, { channel: 'acme', number: 2, of: release });
  for (const name of ['vacme-eks-2', 'kubernetes-acme-eks-2', release]) {
    assert.ok((await read(folder, name)).ok, name);
  }
  const other = await read(folder, 'v1-30-eks-6');
  assert.match(JSON.stringify(other), /is that of vacme-eks-2, not of v1-30-eks-6/);
});

test('a site that was laid out here is read back', async ({ folder }) => {
  const source = join(folder, 'made');
  writeFileSync(source, 'an archive');
  const path = 'plugins/v1.4.0/cni-plugins-linux-amd64-v1.4.0.tar.gz';
  const made = { path, source, sha256: digestOf('an archive'), isExecutable: false, hasSums: true };
  const asset = {
    component: 'cni-plugins',
    name: 'cni-plugins-linux-amd64-v1.4.0.tar.gz',
    description: 'an archive',
  };
  const content = {
    ...{
      channel: '1-30-acme',
      number: 7,
      date: '2024-05-28T18:11:48Z',
      baseUri: 'https://releases.example/eks',
    },
    ...{ annotations: { 'eksd-rebuild/release': release }, components: new Map(), images: [] },
    files: [
      { ...made, asset },
      { ...made, path: 'plugins/v1.4.0/ATTRIBUTION.txt', hasSums: false },
    ],
  };
  const site = join(folder, 'site');
  const laid = await writeSite(content, site, 'site', new AbortController().signal, {
    pid: process.pid,
    hostName: 'here',
  });
  assert.ok(laid.ok, JSON.stringify(laid));
  for (const name of [release, 'v1-30-acme-eks-7']) {
    const found = await read(site, name);
    assert.ok(found.ok, JSON.stringify(found));
    assert.equal(
      [found.value.baseUri, found.value.files.artifacts.length],
      ['https://releases.example/eks', 10],
    );
  }
});

test('of two releases in a folder the one that is asked for is taken', async ({ folder }) => {
  makeSite(folder);
  makeSite(folder, { channel: '1-29', number: 7 });
  const found = await read(folder);
  assert.ok(found.ok && found.value.files.artifacts.every(({ path }) => path.startsWith(artifacts)));
  assert.match(JSON.stringify(await read(folder, 'v1-28-eks-1')), /It has v1-29-eks-7, v1-30-eks-5/);
});

test('what is hashed in parts has the sums of the parts', async ({ folder }) => {
  const large = Buffer.alloc(2 * partSize + 5, 'x');
  makeSite(folder, {
    files: { ...testArtifacts, [plugin]: large, 'etcd/v3/exact.tar': large.subarray(0, 2 * partSize) },
  });
  const found = await read(folder);
  assert.ok(found.ok);
  const partsOf = (path: string) =>
    found.value.files.artifacts.find((file) => file.path.endsWith(path))?.parts;
  const [first, rest] = [digestOf(large.subarray(0, partSize)), digestOf(large.subarray(0, 5))];
  assert.equal(partsOf(plugin), [first, first, rest]);
  assert.equal(partsOf('exact.tar'), [first, first]);
});

test('changed bytes are told at every line that says otherwise', async ({ folder }) => {
  const said = await complaints(folder, () =>
    writeFileSync(join(folder, artifacts, plugin), 'plugins for amd65'),
  );
  assert.match(said, /SHA256SUM:1:1: error: cni-plugins-linux-amd64-v1\.4\.0\.tar\.gz has another SHA-256/);
  assert.match(said, /SHA512SUM:1:1: error: .* has another SHA-512/);
  assert.match(said, /amd64-v1\.4\.0\.tar\.gz\.sha256:1:1: error/);
  assert.match(said, /kubernetes-1-30-eks-5\.yaml:\d+:\d+: error: .*amd64-v1\.4\.0\.tar\.gz has another: /);
});

test('a file that no sum speaks of, one too few, and one that is no part of a site', async ({ folder }) => {
  const extra = join(folder, artifacts, 'plugins/v1.4.0/extra.tar.gz');
  assert.match(
    await complaints(folder, () => writeFileSync(extra, 'x')),
    /extra\.tar\.gz: error: is in no SHA256SUM/,
  );
  rmSync(extra);
  const gone = await complaints(folder, () => rmSync(join(folder, artifacts, plugin)));
  assert.match(
    gone,
    /SHA256SUM:1:1: error: there is no such file as cni-plugins-linux-amd64-v1\.4\.0\.tar\.gz here/,
  );
  assert.match(gone, /kubernetes-1-30-eks-5\.yaml:\d+:\d+: error: the site has no such file/);
  const strange = await complaints(folder, () => writeFileSync(join(folder, 'notes.txt'), 'x'));
  assert.match(strange, "site/notes.txt: error: is no part of a release's site");
  rmSync(join(folder, 'notes.txt'));
  const noChannel = await complaints(folder, () => rmSync(join(folder, 'releasechannels/1-30.yaml')));
  assert.match(noChannel, 'site/releasechannels/1-30.yaml: error: is missing');
});

test('each file of sums that is taken away is missed', async ({ folder }) => {
  makeSite(folder);
  const all = readdirSync(join(folder, artifacts), { recursive: true, encoding: 'utf8' });
  const sums = all.filter((path) => /\.sha(256|512)$|SUM$/.test(path));
  assert.is(sums.length, 3 * 2 + 2 * 6);
  for (const path of sums) {
    const said = await complaints(folder, () => rmSync(join(folder, artifacts, path)));
    assert.match(said, path.endsWith('SUM') ? `is in no ${path.slice(-9)}` : `${path}: error: is not there`);
  }
});

test('what upstream has no sums of is what the manifest of a site of ours says', async ({ folder }) => {
  const paths = ['plugins/v1.4.0/ATTRIBUTION.txt', 'plugins/v1.4.0/pause.docker_tag'];
  const site = join(folder, 'site');
  const inSite = 'kubernetes-1-30-acme/releases/7/artifacts';
  const source = join(folder, 'made');
  writeFileSync(source, 'made');
  const made = { source, sha256: digestOf('made'), isExecutable: false };
  const content = {
    ...{ channel: '1-30-acme', number: 7, date: '2024-06-01T00:00:00Z', baseUri: 'https://releases.example' },
    ...{ annotations: { 'eksd-rebuild/release': release }, components: new Map(), images: [] },
    files: [
      {
        ...made,
        path: 'plugins/v1.4.0/tool',
        hasSums: true,
        asset: { component: 'a', name: 'tool', description: 'a tool' },
      },
      ...paths.map((path) => ({ ...made, path, hasSums: false })),
    ],
  };
  const saidOf = async (change: () => void): Promise<string> => {
    rmSync(site, { recursive: true, force: true });
    const laid = await writeSite(content, site, 'site', new AbortController().signal, {
      pid: process.pid,
      hostName: 'here',
    });
    assert.ok(laid.ok, JSON.stringify(laid));
    change();
    const found = await read(site, 'v1-30-acme-eks-7');
    return found.ok ? 'taken' : describeFailure(found.error);
  };
  assert.is(await saidOf(() => undefined), 'taken');
  for (const path of paths) {
    const file = join(site, inSite, path);
    assert.match(
      await saidOf(() => writeFileSync(file, 'Made')),
      `${path}: error: has another SHA-256 than the manifest says: `,
    );
    assert.match(await saidOf(() => rmSync(file)), `error: there is no such file as ${inSite}/${path} here`);
  }
  const other = join(site, inSite, 'plugins/v1.4.0/other.docker_tag');
  assert.match(
    await saidOf(() => writeFileSync(other, 'x')),
    'other.docker_tag: error: is not named by the manifest',
  );
});

test('a number that no release has is none', async ({ folder }) => {
  const path = join(folder, `kubernetes-1-30/kubernetes-1-30-eks-${'9'.repeat(23)}.yaml`);
  const said = await complaints(folder, () => renameSync(join(folder, manifest), path));
  assert.match(said, 'It has no manifest of a release.');
});

test('a link is no file of a site, wherever it leads', async ({ folder }) => {
  const said = await complaints(folder, () => {
    rmSync(join(folder, artifacts, plugin));
    symlinkSync('/etc/hostname', join(folder, artifacts, plugin));
    symlinkSync('/etc', join(folder, 'kubernetes-1-30/etc'));
  });
  assert.match(said, /amd64-v1\.4\.0\.tar\.gz: error: is a symbolic link/);
  assert.match(said, 'site/kubernetes-1-30/etc: error: is a symbolic link');
});

test('sums that lead elsewhere, or are none, are told at their line', async ({ folder }) => {
  const list = `${artifacts}/plugins/v1.4.0/SHA256SUM`;
  const out = await complaints(folder, () => edit(folder, list, 'cni-plugins-linux-arm64', '../../../../x'));
  assert.match(out, /SHA256SUM:2:1: error: there is no such file as \.\.\/\.\.\//);
  const short = await complaints(folder, () => edit(folder, list, /^[0-9a-f]{8}/, ''));
  assert.match(short, /SHA256SUM:1:1: error: expected the SHA-256 of a file/);
});

test('a manifest that names other hashes, other places or another release is refused at its line', async ({
  folder,
}) => {
  const hash = digestOf('plugins for amd64');
  const wrong = await complaints(folder, () => edit(folder, manifest, hash, 'b'.repeat(64)));
  assert.match(wrong, /kubernetes-1-30-eks-5\.yaml:\d+:\d+: error: .* has another: /);
  const elsewhere = await complaints(folder, () =>
    edit(folder, manifest, 'https://releases.example.com', 'https://other.example.com'),
  );
  assert.match(elsewhere, 'its archives are in several places');
  const other = await complaints(folder, () =>
    edit(folder, manifest, /kubernetes-1-30-eks-5"/, 'kubernetes-1-30-eks-6"'),
  );
  assert.match(
    other,
    /kubernetes-1-30-eks-5\.yaml:\d+:\d+: error: the name of this release is kubernetes-1-30-eks-5/,
  );
  const channel = await complaints(folder, () =>
    edit(folder, 'releasechannels/1-30.yaml', 'latestRelease: 5', 'latestRelease: 9'),
  );
  assert.match(channel, /releasechannels\/1-30\.yaml:8:3: error: this release has the number 5/);
});

test('no folder, and an interruption', async ({ folder }) => {
  assert.match(JSON.stringify(await read(join(folder, 'none'))), 'There is no folder site');
  makeSite(folder);
  const around = { shown: String, signal: AbortSignal.abort() };
  assert.equal(await readSite(folder, release, around), { ok: false, error: { reason: 'aborted' } });
});

test.run();
