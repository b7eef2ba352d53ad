import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { kopsEnvironment } from '../../orchestrator/cluster/kops-environment.ts';
import { releaseOf } from '../cluster/eras.ts';
import { suite } from '../rig/suite.ts';
import { sha } from '../rig/verdicts.ts';

/** kops.env, read by a shell, against archives of a server. */
const test = suite<{ folder: string; server: Server; archives: Map<string, Buffer> }>('kops.env');

const programs = { bridge: 'a bridge', loopback: 'a loop' };

test.before.each(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'kops-environment-'));
  context.archives = new Map();
  const server = createServer((request, response) => {
    const archive = context.archives.get(request.url ?? '');
    response.writeHead(archive === undefined ? 404 : 200);
    response.end(archive);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.server = server;
});

test.after.each(({ folder, server }) => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
});

interface Context {
  readonly folder: string;
  readonly server: Server;
  readonly archives: Map<string, Buffer>;
}

/** An archive as upstream packs it: programs, and texts beside them. */
function pack({ folder }: Context, files: Readonly<Record<string, string>>, link?: string): Buffer {
  const from = mkdtempSync(join(folder, 'archive-'));
  mkdirSync(join(from, 'LICENSES'));
  writeFileSync(join(from, 'LICENSES', 'text'), 'a licence');
  writeFileSync(join(from, 'ATTRIBUTION.txt'), 'whose it is');
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(from, name), content);
    chmodSync(join(from, name), 0o755);
  }
  if (link !== undefined) execFileSync('ln', ['-s', link, join(from, 'linked')]);
  return execFileSync('tar', ['-czf', '-', '-C', from, '.']);
}

/** What the variables are after the file was read. */
async function read(context: Context, shell: string, arm = false): Promise<readonly string[]> {
  const { port } = context.server.address() as AddressInfo;
  const { artifacts } = releaseOf('v1-30-eks-5');
  const sums = ['amd64', 'arm64'].flatMap((architecture) =>
    Object.entries(programs).map(([name, content]) => ({
      path: `plugins/v1.4.0/cni-plugins-linux-${architecture}-v1.4.0/${name}`,
      sha256: sha(content),
      from: 'published' as const,
    })),
  );
  const url = `http://127.0.0.1:${port}`;
  const text = kopsEnvironment(releaseOf('v1-30-eks-5', { artifacts: { ...artifacts, url, sums } })) ?? '';
  const chosen = arm
    ? text.replace(/^export CNI_VERSION_URL=.*$/m, '').replace('# export CNI_V', 'export CNI_V')
    : text;
  writeFileSync(join(context.folder, 'kops.env'), chosen);
  const script = '. ./kops.env && printf "%s\\n" "$CNI_VERSION_URL" "$CNI_ASSET_HASH_STRING"';
  const temporary = join(context.folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const { stdout } = await promisify(execFile)(shell, ['-c', script], {
    cwd: context.folder,
    env: { PATH: process.env['PATH'], TMPDIR: temporary, no_proxy: '127.0.0.1' },
  });
  return stdout.replaceAll(url, '').trimEnd().split('\n');
}

const place = (architecture: string) => `/plugins/v1.4.0/cni-plugins-linux-${architecture}-v1.4.0.tar.gz`;

for (const shell of ['sh', 'bash']) {
  test(`${shell}: an archive with the programs of the lock gives its own sum, of either architecture`, async (context) => {
    for (const architecture of ['amd64', 'arm64']) {
      const archive = pack(context, programs);
      context.archives.set(place(architecture), archive);
      const [url, sum] = await read(context, shell, architecture === 'arm64');
      writeFileSync(join(context.folder, 'archive'), archive);
      const [expected] = execFileSync('sha256sum', [join(context.folder, 'archive')], {
        encoding: 'utf8',
      }).split(' ');
      assert.equal([url, sum], [place(architecture), `sha256:${expected}`]);
    }
  });
}

test('whatever else it is, kOps gets what it takes for no sum', async (context) => {
  const wrong: Readonly<Record<string, Buffer | undefined>> = {
    'another program': pack(context, { ...programs, bridge: 'another bridge' }),
    'one more': pack(context, { ...programs, spy: 'a spy' }),
    'one less': pack(context, { bridge: programs.bridge }),
    'a link': pack(context, programs, '/etc/passwd'),
    'no archive': Buffer.from('<html>'),
    nothing: undefined,
  };
  for (const [what, archive] of Object.entries(wrong)) {
    if (archive === undefined) context.archives.delete(place('amd64'));
    else context.archives.set(place('amd64'), archive);
    assert.equal(await read(context, 'sh'), [place('amd64'), 'refused'], what);
  }
});

test.run();
