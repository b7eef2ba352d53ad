import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { dockerCredentials } from '../../../orchestrator/oci/registry/docker-credentials.ts';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { suite } from '../../rig/suite.ts';
import { failureOf, unwrap } from './rig.ts';

const test = suite<{ folder: string }>("docker's credentials");
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'docker-credentials-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const ended: ProcessOutcome = {
  exitCode: 0,
  signal: undefined,
  spawnError: undefined,
  aborted: false,
  stdout: '',
  stderr: '',
  seconds: 0,
};
const env = { PATH: '/usr/bin', HOME: '/home/user' };

/** The provider of a `config.json`, and what it ran; helpers answer as told, by program and server. */
function providerOf(
  folder: string,
  config: unknown,
  helpers: Readonly<Record<string, Partial<ProcessOutcome>>> = {},
) {
  const file = join(folder, 'config.json');
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
  const commands: Command[] = [];
  const run = async (command: Command): Promise<ProcessOutcome> => {
    commands.push(command);
    return { ...ended, ...helpers[`${command.program} ${command.input}`] };
  };
  const { signal } = new AbortController();
  return { commands, login: dockerCredentials({ file, run, env, cwd: folder, signal }) };
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

test('logins in the file are found by host, in all the ways that docker writes it', async ({ folder }) => {
  const { login, commands } = providerOf(folder, {
    auths: {
      'registry.example.com:5000': { auth: base64('robot:pass:word\0') },
      'https://old.example.com/v1/': { auth: base64('old:secret') },
      'https://index.docker.io/v1/': { auth: base64('hub:secret') },
      'token.example.com': { auth: base64('x:'), identitytoken: 'identity' },
      'empty.example.com': {},
    },
  });
  assert.equal(unwrap(await login('registry.example.com:5000')), {
    username: 'robot',
    password: 'pass:word',
  });
  assert.equal(unwrap(await login('old.example.com')), { username: 'old', password: 'secret' });
  assert.equal(unwrap(await login('docker.io')), { username: 'hub', password: 'secret' });
  assert.equal(unwrap(await login('token.example.com')), { username: '<token>', password: 'identity' });
  for (const none of ['registry.example.com', 'example.com', 'empty.example.com']) {
    assert.is(unwrap(await login(none)), undefined);
  }
  assert.equal(commands, []);
});

test("a host's own helper comes before the store of all hosts, and that before the file", async ({
  folder,
}) => {
  const login = (name: string) => ({ stdout: JSON.stringify({ Username: name, Secret: 'canary' }) });
  const none = { exitCode: 1, stdout: 'credentials not found in native keychain\n' };
  const { login: find, commands } = providerOf(
    folder,
    {
      credHelpers: { 'own.example.com': 'own' },
      credsStore: 'store',
      auths: { 'file.example.com': { auth: base64('file:secret') } },
    },
    {
      'docker-credential-own own.example.com': login('own'),
      'docker-credential-store other.example.com': login('store'),
      'docker-credential-store https://index.docker.io/v1/': login('hub'),
      'docker-credential-store file.example.com': none,
      'docker-credential-store none.example.com': none,
    },
  );
  const names = ['own.example.com', 'other.example.com', 'docker.io', 'file.example.com', 'none.example.com'];
  const found: (string | undefined)[] = [];
  for (const name of names) found.push(unwrap(await find(name))?.username);
  assert.equal(found, ['own', 'store', 'hub', 'file', undefined]);
  const [first] = commands;
  assert.equal(
    [first?.args, first?.input, first?.env, first?.network],
    [['get'], 'own.example.com', env, 'allowed'],
  );
});

test('what goes wrong is told, and nothing of what a helper or the file says', async ({ folder }) => {
  const config = { credHelpers: { 'a.example.com': 'x', 'b.example.com': '../evil' } };
  const outcomes: readonly (readonly [Partial<ProcessOutcome>, string])[] = [
    [{ exitCode: 1, stdout: 'canary', stderr: 'canary' }, 'It exited with 1'],
    [{ stdout: '{"Secret": canary' }, 'no JSON'],
    [{ spawnError: 'ENOENT' }, 'missing-program'],
    [{ aborted: true }, 'aborted'],
  ];
  for (const [outcome, told] of outcomes) {
    const { login } = providerOf(folder, config, { 'docker-credential-x a.example.com': outcome });
    const text = JSON.stringify(failureOf(await login('a.example.com')));
    assert.match(text, told);
    assert.not.match(text, 'canary');
  }
  const evil = providerOf(folder, config);
  assert.match(JSON.stringify(failureOf(await evil.login('b.example.com'))), 'no name of a program');
  assert.equal(evil.commands, []);
  const broken = providerOf(folder, '{"auths": canary');
  const text = JSON.stringify(failureOf(await broken.login('a.example.com')));
  assert.match(text, 'no JSON object');
  assert.not.match(text, 'canary');
});

test('without a file there are no logins', async ({ folder }) => {
  const { signal } = new AbortController();
  const run = async () => ended;
  const login = dockerCredentials({ file: join(folder, 'none'), run, env, cwd: folder, signal });
  assert.is(unwrap(await login('registry.example.com')), undefined);
});

test('what docker never wrote is refused, and nothing of it is shown', async ({ folder }) => {
  const odd = [
    ...[
      [],
      { auths: [1] },
      { auths: { 'a.example.com': null } },
      { auths: { 'a.example.com': { auth: { secret: 1 } } } },
    ],
    ...[
      { auths: null },
      { credHelpers: { 'a.example.com': ['secret'] } },
      { credsStore: {} },
      { auths: 'secret' },
    ],
    ...['secret', '', `{"auths":${'['.repeat(1000)}${']'.repeat(1000)}}`],
  ];
  for (const config of odd) {
    const login = await providerOf(folder, config).login('a.example.com');
    // A list has none of the members, and so no login.
    if (Array.isArray(config)) assert.is(unwrap(login), undefined);
    else assert.not.match(JSON.stringify(failureOf(login)), 'secret');
  }
  rmSync(join(folder, 'config.json'));
  mkdirSync(join(folder, 'config.json'));
  const { signal } = new AbortController();
  const run = async () => ended;
  const file = join(folder, 'config.json');
  const none = await dockerCredentials({ file, run, env, cwd: folder, signal })('a.example.com');
  assert.match(JSON.stringify(failureOf(none)), 'It is a folder, and no file.');
});

test.run();
