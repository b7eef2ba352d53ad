import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lock } from '../../../orchestrator/config/lock/lock.ts';
import { asDigest, type Digest, digestOf } from '../../../orchestrator/core/digest.ts';
import { givenToolchains } from '../../../orchestrator/run/wiring/given-toolchains.ts';
import { digestOfFolder } from '../../../orchestrator/tool/tar/folder-digest.ts';
import { openWorkspace } from '../../../orchestrator/workspace/workspace.ts';
import { testHost } from '../../rig/host.ts';
import { writeFiles } from '../../rig/world.ts';

const sha256 = digestOf('archive');
const folder = mkdtempSync(join(tmpdir(), 'given-'));
process.on('exit', () => rmSync(folder, { recursive: true }));

writeFiles(folder, {
  'root/eksd-rebuild.yaml': `toolchains:
  downloads: https://mirror.test.example/go/
  versions:
    1.20:
      downloads: {linux/amd64: ${sha256}, linux/arm64: ${digestOf('arm')}}
      goroot: ../go1.20
      archive: {from: https://files.test.example/go.tgz, sha256: ${sha256}}
      source: {from: https://git.test.example/go.git, commit: ${'a'.repeat(40)}, bootstrap: 1.17.13}
      rpms: [{from: ./golang.rpm, sha256: ${sha256}}]
    1.19.1:
      goroot: ../nowhere
`,
  'go1.20/bin/go': 'a program',
});

/** What a lock says. */
let pinned: Lock['goDownloads'];

async function given(...versions: readonly string[]) {
  const root = join(folder, 'root');
  const workspace = await openWorkspace(
    {},
    testHost({ cwd: root, packageFolder: root, env: { HOME: folder } }),
  );
  assert.ok(workspace.ok, JSON.stringify(workspace));
  if (!workspace.ok) throw new Error('unreachable');
  return givenToolchains(workspace.value, versions, pinned, 'linux/amd64');
}

test('the settings name sources in their order, places are relative to them, and a version is text', async () => {
  const found = await given('1.20', '1.18.10');
  assert.ok(found.ok, JSON.stringify(found));
  assert.equal(found.ok && [...found.value.keys()], ['1.20']);
  const { official, al2 } = (found.ok && found.value.get('1.20')) || { official: [], al2: undefined };
  assert.equal(official, [
    { kind: 'archive', from: 'https://mirror.test.example/go/go1.20.linux-amd64.tar.gz', sha256 },
    {
      kind: 'goroot',
      folder: join(folder, 'go1.20'),
      digest: await digestOfFolder(join(folder, 'go1.20')),
    },
    { kind: 'archive', from: 'https://files.test.example/go.tgz', sha256 },
    {
      kind: 'source',
      from: { repository: 'https://git.test.example/go.git', commit: 'a'.repeat(40) },
      bootstrap: '1.17.13',
    },
  ]);
  assert.equal(al2, { kind: 'rpms', files: [{ from: join(folder, 'root', 'golang.rpm'), sha256 }] });
});

test('a folder that is missing is told, where its version is wanted', async () => {
  assert.ok((await given('1.20')).ok);
  const found = await given('1.19.1');
  assert.ok(!found.ok && found.error.reason === 'usage');
  assert.match(!found.ok && found.error.reason === 'usage' ? found.error.message : '', 'Go 1.19.1');
});

test('a folder is known by content and executable bits, not by place or repository', async () => {
  writeFiles(folder, { 'a/x/y': '1', 'a/z': '2', 'b/x/y': '1', 'b/z': '2', 'b/.git/HEAD': 'ref' });
  assert.is(await digestOfFolder(join(folder, 'a')), await digestOfFolder(join(folder, 'b')));
  writeFiles(folder, { 'b/x/y': '2', 'b/z': '1' });
  assert.is.not(await digestOfFolder(join(folder, 'a')), await digestOfFolder(join(folder, 'b')));
});

test('an archive whose SHA-256 the lock has needs no settings; the settings count where they say another', async () => {
  const [inLock, inSettings] = ['a'.repeat(64), 'b'.repeat(64)].map(asDigest) as [Digest, Digest];
  pinned = {
    '1.19.3': { 'linux/amd64': inLock, 'darwin/arm64': inSettings },
    '1.19.4': { 'darwin/arm64': inLock },
    '1.20': { 'linux/amd64': inLock },
  };
  const found = await given('1.19.3', '1.19.4', '1.20');
  pinned = undefined;
  if (!found.ok) throw new Error(JSON.stringify(found.error));
  const archive = (version: string, digest: Digest) => {
    const from = `https://mirror.test.example/go/go${version}.linux-amd64.tar.gz`;
    return { kind: 'archive', from, sha256: digest };
  };
  assert.equal(found.value.get('1.19.3')?.official, [archive('1.19.3', inLock)]);
  assert.equal(found.value.get('1.19.4')?.official, []);
  assert.equal(found.value.get('1.20')?.official[0], archive('1.20', sha256));
});

test.run();
