import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fetchFailure } from '../../../orchestrator/tool/git/failure.ts';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';

const command: Command = { program: 'git', args: ['clone'], cwd: '/cache', env: {}, network: 'allowed' };
const wanted = { repository: 'https://github.com/org/repo.git', what: 'tag v1' };

function reasonOf(
  stderr: string,
  more: Partial<ProcessOutcome> = {},
  env: Readonly<Record<string, string>> = {},
) {
  const outcome = {
    exitCode: 128,
    signal: undefined,
    spawnError: undefined,
    aborted: false,
    stdout: '',
    seconds: 1,
  };
  return fetchFailure({ ...command, env }, { ...outcome, stderr, ...more }, wanted);
}

// What git 2.39 and 2.47 and curl print, with LC_ALL=C.
const words: Readonly<Record<string, readonly string[]>> = {
  'source-unavailable': [
    "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
    'remote: Repository not found.\nfatal: repository https://github.com/org/repo.git/ not found',
    "fatal: repository '/srv/none' does not exist",
    "fatal: '/srv/none' does not appear to be a git repository\nfatal: Could not read from remote repository.",
    'git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.',
    "fatal: unable to access 'https://h/r/': The requested URL returned error: 403",
    "fatal: Authentication failed for 'https://h/r/'",
    'ERROR: Repository not found.\nfatal: Could not read from remote repository.',
    "fatal: detected dubious ownership in repository at '/srv/r'",
    'fatal: unable to read 3a3c247b5bda44dec4d771433a775570617af309\nerror: missing blob object',
  ],
  network: [
    "fatal: unable to access 'https://h/r/': Could not resolve host: h",
    "fatal: unable to access 'https://h/r/': Failed to connect to h port 443 after 1 ms: Connection refused",
    "fatal: unable to access 'https://h/r/': The requested URL returned error: 503",
    'error: RPC failed; curl 56 GnuTLS recv error (-54)\nfatal: early EOF\nfatal: index-pack failed',
    'fetch-pack: unexpected disconnect while reading sideband packet\nfatal: early EOF',
    "fatal: unable to access 'https://h/r/': Received HTTP code 403 from proxy after CONNECT",
    "fatal: unable to access 'https://h/r/': CONNECT tunnel failed, response 403",
    "fatal: unable to access 'https://h/r/': Operation too slow. Less than 1 bytes/sec transferred the last 120 seconds",
    'ssh: connect to host h port 22: Connection timed out\nfatal: Could not read from remote repository.',
    'ssh: Could not resolve hostname h: Temporary failure in name resolution',
  ],
  'rate-limited': ["fatal: unable to access 'https://h/r/': The requested URL returned error: 429"],
  usage: [
    "fatal: unable to access 'https://h/r/': SSL certificate problem: certificate has expired",
    "fatal: unable to access 'https://h/r/': server certificate verification failed. CAfile: none CRLfile: none",
  ],
  'disk-full': [
    'fatal: write error: No space left on device',
    'error: file write error: Disk quota exceeded',
  ],
  'read-only': [
    "fatal: could not create work tree dir '/cache/x': Permission denied",
    'fatal: cannot mkdir: Read-only file system',
  ],
  'missing-program': [
    "git: 'remote-https' is not a git command.\nfatal: Unable to find remote helper for 'https'",
    'error: cannot run ssh: No such file or directory\nfatal: unable to fork',
  ],
  'fetch-failed': [
    'fatal: something that nobody has seen before',
    "fatal: unable to access 'https://h/r/': The requested URL returned error: 400",
  ],
};

for (const [reason, texts] of Object.entries(words)) {
  test(`git's words for ${reason}`, () => {
    for (const text of texts) assert.is(reasonOf(text).reason, reason, text);
  });
}

test('a failure names what was wanted, and what is missing', () => {
  assert.equal(reasonOf("fatal: repository '/srv/none' does not exist"), {
    reason: 'source-unavailable',
    repository: 'https://github.com/org/repo.git',
    wanted: 'tag v1',
    detail: "fatal: repository '/srv/none' does not exist",
  });
  const helper = reasonOf("fatal: Unable to find remote helper for 'https'");
  assert.is(helper.reason === 'missing-program' ? helper.program : '', 'git-remote-https');
});

test('what git said of its progress is left out', () => {
  const counted = [1, 2, 3].map((count) => `remote: Counting objects: ${count}% (${count}/9)\r`).join('');
  const progress = `${counted}remote: Counting objects: done.        \nReceiving objects:  10% (1/9)\r`;
  const failure = reasonOf(`${progress}fatal: early EOF\nfatal: index-pack failed\n`);
  assert.is(failure.reason === 'network' ? failure.detail : '', 'fatal: early EOF\nfatal: index-pack failed');
});

test('an abort and a missing git are no matter of words', () => {
  assert.is(reasonOf('fatal: early EOF', { aborted: true }).reason, 'aborted');
  assert.is(reasonOf('', { exitCode: undefined, spawnError: 'ENOENT' }).reason, 'missing-program');
});

test('where git goes by a proxy, a network that fails names it', () => {
  const words = "fatal: unable to access 'https://h/r/': Failed to connect to h port 443: Connection refused";
  const env = { HTTPS_PROXY: 'http://me:secret@proxy.example:3128' };
  const failure = reasonOf(words, {}, env);
  assert.is(failure.reason, 'network');
  assert.match(JSON.stringify(failure), 'by the proxy that HTTPS_PROXY names');
  assert.not.match(JSON.stringify(failure), 'secret');
});

test.run();
