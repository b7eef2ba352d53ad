import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { openCredentials } from '../../../orchestrator/run/wiring/credentials.ts';
import type { Command } from '../../../orchestrator/tool/process/process.ts';
import { testHost } from '../../rig/host.ts';
import { suite } from '../../rig/suite.ts';
import { writeFiles } from '../../rig/world.ts';

/** What a command that fetches sees of a user's files: what its address needs. */
const test = suite<{ folder: string; home: string }>('credentials');

test.before((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'credentials-'));
  const { folder } = context;
  context.home = join(folder, 'home');
  defer(() => rmSync(folder, { recursive: true }));
  writeFiles(folder, {
    'home/.gitconfig': `[include]
  path = more
[http]
  sslCAInfo = ${folder}/ca.pem
[credential]
  helper = store
[url "ssh://git@example.com/"]
  insteadOf = https://private.example.com/
[user]
  signingKey = ${folder}/signing
`,
    'home/more': '[core]\n  sshCommand = ssh -i ~/keys/id\n',
    'home/keys/id': '',
    'ca.pem': '',
    signing: '',
    'mirror/objects/info/alternates': '../../base/objects\n',
    'base/objects/x': '',
  });
});

async function seenBy(
  { folder, home }: { readonly folder: string; readonly home: string },
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
) {
  const whole = { HOME: home, PATH: process.env['PATH'] ?? '', GIT_CONFIG_NOSYSTEM: '1', ...env };
  const host = testHost({ cwd: folder, packageFolder: folder, env: whole });
  const command: Command = { program, args, cwd: '/', env: whole, network: 'allowed' };
  const {
    reads = [],
    sockets = [],
    calls = [],
  } = await openCredentials(host, [join(folder, 'token')])(command);
  const own = (paths: readonly string[]) =>
    paths.filter((path) => path.startsWith(folder)).map((path) => path.slice(folder.length + 1));
  return { reads: own(reads).sort(), sockets, calls };
}

const always = ['home/.gitconfig', 'home/more', 'token'];
const http = [
  'ca.pem',
  'home/.config/git/credentials',
  'home/.git-credentials',
  'home/.netrc',
  'home/keys/id',
];

test('over http: passwords and certificates, and no key of ssh', async (context) => {
  const args = ['-c', 'gc.auto=0', 'ls-remote', '--', 'https://github.com/a/b.git'];
  const { reads, sockets, calls } = await seenBy(context, 'git', args, { SSH_AUTH_SOCK: '/run/agent' });
  assert.equal(reads, [...always, ...http].sort());
  assert.equal(sockets, []);
  assert.ok(calls.includes('git-credential-store'));
});

test('over ssh, also where another address stands for it: keys and the agent', async (context) => {
  for (const address of ['git@example.com:a/b.git', 'https://private.example.com/a/b.git']) {
    const seen = await seenBy(context, 'git', ['clone', '--', address], { SSH_AUTH_SOCK: '/run/agent' });
    assert.equal(seen.reads, [...always, 'ca.pem', 'home/.ssh', 'home/keys/id'].sort());
    assert.equal([seen.sockets, seen.calls.includes('ssh')], [['/run/agent'], true]);
  }
});

test('from a folder: that folder, and what has its objects', async (context) => {
  const folder = join(context.folder, 'mirror');
  for (const address of [folder, `file://${folder}`]) {
    const { reads } = await seenBy(context, 'git', ['clone', '--', address]);
    assert.equal(reads, [...always, 'base', 'mirror'].sort());
  }
});

test('go: by a proxy alone nothing of git; straight from repositories what git needs', async (context) => {
  const proxied = await seenBy(context, 'go', ['mod', 'download'], {
    GOPROXY: 'https://proxy.example.com,off',
  });
  assert.equal(proxied.reads, ['home/.config/go/env', 'home/.netrc', 'token']);
  const folder = `file://${context.folder}/base`;
  assert.ok((await seenBy(context, 'go', [], { GOPROXY: folder })).reads.includes('base'));
  for (const env of [
    { GOPROXY: 'https://proxy.example.com,direct' },
    { GOPROXY: 'https://proxy.example.com', GOPRIVATE: 'a.b' },
  ])
    assert.ok((await seenBy(context, 'go', [], env)).reads.includes('home/.ssh'));
});

test('what else has a network sees certificates that the environment names, and what the settings say', async (context) => {
  const { reads } = await seenBy(context, 'buildctl', [], { SSL_CERT_FILE: join(context.folder, 'ca.pem') });
  assert.equal(reads, ['ca.pem', 'token']);
});

test.run();
