import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readGoPatch } from '../../../orchestrator/config/lock/go-patch.ts';

/** A patch that changes a line of each file. */
function patchOf(files: readonly string[], message = 'Subject: something'): string {
  const parts = files.map(
    (file) =>
      `diff --git a/${file} b/${file}\nindex 1..2 100644\n--- a/${file}\n+++ b/${file}\n@@ -1 +1 @@\n-a\n+b\n`,
  );
  return `From 0\n${message}\n\nMore.\n---\n a | 1 +\n\n${parts.join('')}-- \n2.39\n`;
}

const effectOf = (...files: readonly string[]) => readGoPatch('p.patch', patchOf(files));

test('what is compiled into programs counts, by package', () => {
  const effect = effectOf(
    'src/net/http/h2_bundle.go',
    'src/net/http/transport_test.go',
    'src/vendor/golang.org/x/net/http2/hpack/hpack.go',
    'src/net/http/fs.go',
  );
  assert.equal(effect.files, [
    'src/net/http/h2_bundle.go',
    'src/vendor/golang.org/x/net/http2/hpack/hpack.go',
    'src/net/http/fs.go',
  ]);
  assert.equal(effect.changes, ['net/http', 'vendor/golang.org/x/net/http2/hpack']);
});

const without = [
  'src/mime/multipart/formdata_test.go',
  'src/mime/testdata/big.go',
  'src/cmd/go/internal/cfg/cfg.go',
  'src/cmd/link/internal/ld/lib.go',
  'src/cmd/compile/internal/noder/noder.go',
  'src/all.bash',
  'src/time/README.md',
  'api/go1.19.txt',
  'doc/go1.19.html',
  'test/fixedbugs/issue1.go',
  'misc/cgo/a.go',
  'lib/time/zoneinfo.zip',
  'go.env',
  'src/syscall/ztypes_linux_s390x.go',
  'src/runtime/sys_openbsd_amd64.s',
  'src/runtime/sys_freebsd_arm64.s',
  'src/runtime/os_solaris.go',
  'src/path/filepath/path_plan9.go',
  'src/runtime/sys_linux_386.s',
];
for (const file of without) {
  test(`${file} does not change what a program contains`, () => {
    assert.equal(effectOf(file).files, []);
    assert.equal(effectOf(file).changes, []);
  });
}

const within = [
  'src/syscall/exec_windows.go',
  'src/runtime/sys_darwin_arm64.s',
  'src/runtime/os_linux.go',
  'src/syscall/exec_unix.go',
  // No system by Go's rule: only what comes last is one.
  'src/runtime/os_openbsd_syscall2.go',
  'src/runtime/linux.go',
  'src/crypto/rand/rand_batched.go',
  'src/math/arm64.go',
];
for (const file of within) {
  test(`${file} counts`, () => assert.equal(effectOf(file).files, [file]));
}

test('a removed file counts, and so does one that comes new', () => {
  const removed =
    'diff --git a/src/os/a.go b/src/os/a.go\ndeleted file mode 100644\n--- a/src/os/a.go\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n';
  const added =
    'diff --git a/src/os/b.go b/src/os/b.go\n--- /dev/null\n+++ b/src/os/b.go\n@@ -0,0 +1 @@\n+b\n';
  assert.equal(readGoPatch('p', removed + added).files, ['src/os/a.go', 'src/os/b.go']);
});

test('what it fixes is read from its message or its name, and not from its lines', () => {
  const fixesOf = (message: string, path = 'p.patch') =>
    readGoPatch(path, patchOf(['src/a/CVE-2000-0001.go'], message)).fixes;
  assert.equal(fixesOf('Subject: x\n\nFor #59720\nFixes #59811\nFixes CVE-2023-24539, CVE-2023-24539'), [
    'CVE-2023-24539',
  ]);
  assert.equal(fixesOf('Subject: x', '0001-cve-2022-41717.patch'), ['CVE-2022-41717']);
  assert.equal(fixesOf('Subject: x\n\nFixes #63211\nUpdates golang/go#63213\n\nsee #1'), [
    'golang/go#63211',
    'golang/go#63213',
  ]);
  assert.equal(fixesOf('Subject: x'), []);
});

test.run();
