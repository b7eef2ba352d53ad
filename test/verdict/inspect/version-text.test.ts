import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createHttpClient } from '../../../orchestrator/tool/http/http-client.ts';
import type { BuildInformation } from '../../../orchestrator/verdict/inspect/binary.ts';
import { openPublished } from '../../../orchestrator/verdict/inspect/published.ts';
import {
  isBuildOf,
  parseVersionText,
  readVersionText,
} from '../../../orchestrator/verdict/inspect/version-text.ts';

const text = `/out/kubelet: go1.20.8
	path	k8s.io/kubernetes/cmd/kubelet
	mod	k8s.io/kubernetes	(devel)	
	dep	github.com/a/b	v1.2.3	h1:abc=
	dep	k8s.io/api	v0.0.0	
	=>	./staging/src/k8s.io/api	(devel)	
	build	-compiler=gc
	build	-gcflags="all=-trimpath=/home/prow/x \\"q\\" \\x41 "
	build	-tags=selinux,notest
	build	GOARCH=amd64
	build	GOOS=linux
	build	vcs.time=2023-11-20T17:54:16Z
`;

function only(given: string): BuildInformation {
  const [printed, ...others] = parseVersionText(given) ?? [];
  if (printed === undefined || others.length > 0) throw new Error(given);
  return printed.build;
}

test('every kind of line is read, quotes undone', () => {
  assert.equal(only(text), {
    goVersion: 'go1.20.8',
    path: 'k8s.io/kubernetes/cmd/kubelet',
    main: { path: 'k8s.io/kubernetes', version: '(devel)', sum: '', replace: undefined },
    dependencies: [
      { path: 'github.com/a/b', version: 'v1.2.3', sum: 'h1:abc=', replace: undefined },
      {
        ...{ path: 'k8s.io/api', version: 'v0.0.0', sum: '' },
        replace: { path: './staging/src/k8s.io/api', version: '(devel)', sum: '', replace: undefined },
      },
    ],
    settings: new Map([
      ['-compiler', 'gc'],
      ['-gcflags', 'all=-trimpath=/home/prow/x "q" A '],
      ['-tags', 'selinux,notest'],
      ['GOARCH', 'amd64'],
      ['GOOS', 'linux'],
      ['vcs.time', '2023-11-20T17:54:16Z'],
    ]),
  });
});

test('blanks for tabs, other line ends and UTF-16 say the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'version-text-'));
  try {
    const variants: readonly (string | Buffer)[] = [
      text.replaceAll('\t', '    '),
      text.replaceAll('\n', '\r\n'),
      `\n${text}\n\n`,
      Buffer.from(`\uFEFF${text}`, 'utf16le'),
      Buffer.from(`\uFEFF${text}`, 'utf8'),
    ];
    for (const [at, each] of variants.entries()) {
      const file = join(folder, String(at));
      writeFileSync(file, each);
      assert.equal((await readVersionText(file))?.[0]?.build, only(text), String(at));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('what is no such text is none', async () => {
  for (const other of [
    '',
    'hello\n',
    'kubelet: go1.20.8\n',
    '\tpath\tx\n',
    `${text}and then some words\n`,
    'kubelet: not executable file\n',
    '{"path": "k8s.io"}',
  ]) {
    assert.is(parseVersionText(other), undefined, other);
  }
  assert.is(await readVersionText(process.execPath), undefined);
});

test('a program is known by its name and its platform; before Go 1.18 by the name of its file', () => {
  const isOf = (given: string, name: string, platform: 'linux/amd64' | 'linux/arm64' | 'windows/amd64') => {
    const [printed] = parseVersionText(given) ?? [];
    return printed !== undefined && isBuildOf(printed, { name, platform });
  };
  assert.ok(isOf(text, 'kubelet', 'linux/amd64'));
  assert.ok(isOf(text.replace('/out/kubelet', 'renamed'), 'kubelet', 'linux/amd64'));
  assert.not.ok(isOf(text, 'kubelet', 'linux/arm64'));
  assert.not.ok(isOf(text, 'kube-proxy', 'linux/amd64'));
  const windows = text.replace('/out/kubelet', 'C:\\out\\kubelet.exe').replace('GOOS=linux', 'GOOS=windows');
  assert.ok(isOf(windows, 'kubelet.exe', 'windows/amd64'));
  const early = 'bin/linux/arm64/kubelet: go1.16.15\n\tpath\tk8s.io/kubernetes/cmd/kubelet\n';
  assert.ok(isOf(early, 'kubelet', 'linux/arm64'));
  assert.not.ok(isOf(early, 'kubelet', 'linux/amd64'));
});

test('what the go of this machine prints of itself is read, and of several programs the wanted one is taken', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'version-text-'));
  try {
    const goroot = execFileSync('go', ['env', 'GOROOT'], { encoding: 'utf8' }).trim();
    const printed = execFileSync('go', ['version', '-m', join(goroot, 'bin')], { encoding: 'utf8' });
    const file = join(folder, 'gos.txt');
    writeFileSync(file, `${text}${printed}`);
    const options = {
      folder,
      cwd: folder,
      send: createHttpClient({}, undefined),
      signal: new AbortController().signal,
    };
    const opened = await openPublished('gos.txt', options);
    if (!opened.ok) throw new Error(JSON.stringify(opened.error));
    const platform = execFileSync('go', ['env', 'GOOS', 'GOARCH'], { encoding: 'utf8' })
      .trim()
      .replace('\n', '/');
    const gofmt = await opened.value.find({ name: 'gofmt', platform: platform as 'linux/amd64' });
    assert.ok(gofmt.ok);
    assert.is(gofmt.value?.build?.path, 'cmd/gofmt');
    assert.is(gofmt.value?.where, `gos.txt: ${join(goroot, 'bin', 'gofmt')}`);
    const kubelet = await opened.value.find({ name: 'kubelet', platform: 'linux/amd64' });
    assert.is(kubelet.ok && kubelet.value?.build?.goVersion, 'go1.20.8');
    const none = await opened.value.find({ name: 'kubeadm', platform: 'linux/amd64' });
    assert.equal(none, { ok: true, value: undefined });
    await opened.value.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
