import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { createGoDownloads } from '../../../orchestrator/run/upstream/go-downloads.ts';
import { openWorkspace } from '../../../orchestrator/workspace/workspace.ts';
import { testHost } from '../../rig/host.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string; server: Server; asked: string[] }>('SHA-256 of archives of Go');

const [one, two] = ['1'.repeat(64), '2'.repeat(64)];

/** As Go's site writes it, with more than is read. */
const index = [
  {
    version: 'go1.21.9',
    stable: true,
    files: [
      { filename: 'go1.21.9.src.tar.gz', os: '', arch: '', version: 'go1.21.9', sha256: two, kind: 'source' },
      { filename: 'go1.21.9.linux-amd64.tar.gz', os: 'linux', arch: 'amd64', sha256: one, kind: 'archive' },
      { filename: 'go1.21.9.plan9-386.tar.gz', os: 'plan9', arch: '386', sha256: two, kind: 'archive' },
      { filename: 'go1.21.9.darwin-arm64.pkg', os: 'darwin', arch: 'arm64', sha256: two, kind: 'installer' },
    ],
  },
  { version: 'go1.4', stable: true, files: [] },
];

test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'go-downloads-'));
  context.asked = [];
  context.server = createServer((request, response) => {
    context.asked.push(request.url ?? '');
    response.end(JSON.stringify(index));
  });
  await new Promise<void>((done) => context.server.listen(0, '127.0.0.1', done));
});

test.after.each(({ folder, server }) => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

async function downloadsOf(folder: string, site: string, versions: readonly string[]) {
  const host = testHost({ cwd: folder, packageFolder: folder, env: { HOME: folder } });
  const workspace = await openWorkspace({ cache: join(folder, 'cache') }, host);
  if (!workspace.ok) throw new Error(JSON.stringify(workspace.error));
  const { toolchains } = workspace.value;
  const downloads = createGoDownloads(
    { ...workspace.value, toolchains: { ...toolchains, downloads: site } },
    host,
  );
  const projects = versions.map((version, at) => [`org/p${at}`, { go: { version } }]);
  const pins = { projects: Object.fromEntries(projects) };
  return [await downloads.of(pins), await downloads.of(pins), downloads.failure()?.reason];
}

test('the site is asked once for the versions that the pins name', async ({ folder, server, asked }) => {
  const site = `http://127.0.0.1:${(server.address() as AddressInfo).port}/dl`;
  const found = await downloadsOf(folder, site, ['1.21.9', '1.13', '1.21.9']);
  const archives = { '1.21.9': { 'linux/amd64': one } };
  assert.equal(found, [archives, archives, undefined]);
  assert.equal(asked, ['/dl/?mode=json&include=all']);
});

test('a site that is out of reach, or says something else, leaves the lock without', async ({
  folder,
  server,
}) => {
  const { port } = server.address() as AddressInfo;
  index.push({ nonsense: true } as never);
  assert.equal(await downloadsOf(folder, `http://127.0.0.1:${port}/dl/`, ['1.21.9']), [
    undefined,
    undefined,
    'network',
  ]);
  index.pop();
  assert.equal(await downloadsOf(folder, 'file:///nowhere', ['1.21.9']), [undefined, undefined, 'usage']);
  server.close();
  server.closeAllConnections();
  assert.equal(await downloadsOf(folder, `http://127.0.0.1:${port}/dl`, ['1.21.9']), [
    undefined,
    undefined,
    'network',
  ]);
});

test.run();
