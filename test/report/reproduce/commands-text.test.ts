import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { buildText } from '../../../orchestrator/report/reproduce/commands-text.ts';
import type { ShownNode } from '../../../orchestrator/report/reproduce/shown.ts';

const shared = { LC_ALL: 'C', PATH: '/usr/bin:/bin', HOME: '$SCRATCH/tmp', GIT_CONFIG_VALUE_0: "a'b *" };

function compiling(platform: string, ldflags: string): ShownNode {
  const [GOOS = '', GOARCH = ''] = platform.split('/');
  const argv = ['$GOROOT/bin/go', 'build', '-ldflags', ldflags, '-o', '$OUT/tool'];
  return {
    node: `go-build org/tool server ${platform}`,
    method: 'direct',
    toolchain: 'go 1.21.9',
    steps: [
      { kind: 'command', argv: ['true'], cwd: '$SCRATCH', env: { LC_ALL: 'C' } },
      { kind: 'command', argv, cwd: '$SCRATCH', env: { ...shared, GOOS, GOARCH } },
    ],
  };
}

/** What a shell that runs the text gives to the go command each time: its environment, and its words. */
function callsOf(text: string, given: Readonly<Record<string, string>>): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'commands-'));
  try {
    const go = join(folder, 'go', 'bin', 'go');
    mkdirSync(join(folder, 'go', 'bin'), { recursive: true });
    mkdirSync(join(folder, 'scratch'));
    writeFileSync(
      go,
      `#!/bin/sh\n{ env | grep -v '^PWD=' | LC_ALL=C sort; printf '%s\\n' "$@" --; } >>${folder}/calls\n`,
    );
    chmodSync(go, 0o755);
    const env = { ...given, GOROOT: join(folder, 'go'), SCRATCH: join(folder, 'scratch'), OUT: '/out' };
    execFileSync('/bin/sh', ['-eu', '-c', text], { env });
    const calls = readFileSync(join(folder, 'calls'), 'utf8').replaceAll(folder, '');
    return calls.split('--\n').slice(0, -1);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const called = (env: Readonly<Record<string, string>>, ldflags: string) => {
  const lines = Object.entries({ ...shared, HOME: '/scratch/tmp', ...env }).map(
    ([name, value]) => `${name}=${value}`,
  );
  return `${[...lines.sort(), 'build', '-ldflags', ldflags, '-o', '/out/tool'].join('\n')}\n`;
};

test('what differs in its platform alone is told once, and a shell that runs it gives the commands their very environment', () => {
  const text = buildText([compiling('linux/amd64', "-X 'a=b'"), compiling('linux/arm64', "-X 'a=b'")]);
  assert.match(text, '# go-build org/tool server linux/amd64, linux/arm64, with go 1.21.9\n');
  assert.is(text.match(/GIT_CONFIG_VALUE_0/g)?.length, 1);
  assert.equal(callsOf(text, { GOOS: 'linux', GOARCH: 'arm64' }), [
    called({ GOOS: 'linux', GOARCH: 'arm64' }, "-X 'a=b'"),
  ]);
});

test('what differs in anything else is told apart', () => {
  const text = buildText([compiling('linux/amd64', '-s'), compiling('windows/amd64', '-w')]);
  assert.is(text.match(/^# go-build /gm)?.length, 2);
  assert.equal(callsOf(text, { GOOS: 'linux', GOARCH: 'amd64' }), [
    called({ GOOS: 'linux', GOARCH: 'amd64' }, '-s'),
    called({ GOOS: 'linux', GOARCH: 'amd64' }, '-w'),
  ]);
});

test.run();
