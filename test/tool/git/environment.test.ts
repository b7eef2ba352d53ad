import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { hermeticGitEnvironment, userGitEnvironment } from '../../../orchestrator/tool/git/environment.ts';

const path = process.env['PATH'] ?? '';

test('git sees no configuration but the one it is given', async () => {
  const home = await mkdtemp(join(tmpdir(), 'git-environment-'));
  await writeFile(join(home, '.gitconfig'), '[core]\n\tautocrlf = true\n[user]\n\tname = Somebody\n');
  const list = (env: Record<string, string>) =>
    execFileSync('git', ['config', '--list', '--show-scope'], { env, cwd: '/', encoding: 'utf8' });
  assert.match(list({ PATH: path, HOME: home }), 'Somebody');
  // Programs that run git themselves may need a home.
  const seen = list({ ...hermeticGitEnvironment(path), HOME: home });
  await rm(home, { recursive: true });
  const lines = seen.trim().split('\n');
  assert.ok(
    lines.every((line) => line.startsWith('command\t')),
    seen,
  );
  assert.ok(lines.includes('command\tcore.autocrlf=false'));
  assert.ok(lines.includes('command\tsafe.directory=*'));
});

test('a fetching git gets credentials, proxies and certificates of the user, and nothing else', () => {
  const user = {
    HOME: '/home/u',
    PATH: '/bin',
    SSH_AUTH_SOCK: '/run/agent',
    GIT_SSH_COMMAND: 'ssh -v',
    GIT_CONFIG_GLOBAL: '/home/u/git',
    GIT_CONFIG_COUNT: '0',
    GIT_SSL_CAINFO: '/ca',
    GIT_ASKPASS: 'ask',
    https_proxy: 'http://proxy',
    NO_PROXY: '*.example',
  };
  const other = {
    AWS_SECRET_ACCESS_KEY: 'x',
    GIT_DIR: '/elsewhere',
    GIT_WORK_TREE: '/elsewhere',
    GIT_INDEX_FILE: '/elsewhere',
    GIT_TERMINAL_PROMPT: '1',
    GOFLAGS: '-mod=mod',
    LC_ALL: 'de_DE.UTF-8',
  };
  assert.equal(userGitEnvironment({ ...user, ...other }), {
    ...user,
    GIT_TERMINAL_PROMPT: '0',
    LC_ALL: 'C',
    TZ: 'UTC',
  });
});

test.run();
