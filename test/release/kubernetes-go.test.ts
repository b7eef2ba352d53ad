import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { goVersionAtTag, goVersionInPatch } from '../../orchestrator/release/kubernetes-go.ts';
import {
  compareKubernetesVersions,
  eraOf,
  parseKubernetesVersion,
  takesGoOfCheckout,
  trimsPaths,
} from '../../orchestrator/release/kubernetes-version.ts';

function versionOf(tag: string) {
  const version = parseKubernetesVersion(tag);
  if (version === undefined) throw new Error(tag);
  return version;
}

test('versions are in the order in which they came', () => {
  const tags = [
    'v1.9.9',
    'v1.27.16',
    'v1.34.0-alpha.3',
    'v1.34.0-beta.0',
    'v1.34.0-rc.2',
    'v1.34.0-rc.10',
    'v1.34.0',
    'v1.34.1',
  ];
  const sorted = tags.toReversed().map(versionOf).sort(compareKubernetesVersions);
  assert.equal(sorted, tags.map(versionOf));
  for (const other of ['1.30', 'v2.0.0', 'v1.30.1-eks-5', 'v1.30.1+x']) {
    assert.is(parseKubernetesVersion(other), undefined, other);
  }
});

test('each minor has its era', () => {
  const minors = [18, 19, 20, 23, 24, 25, 28, 29, 30, 33, 34, 40].map((minor) =>
    eraOf(versionOf(`v1.${minor}.0`)),
  );
  const [a, b, c, d, e, f] = ['1.18-1.19', '1.20-1.23', '1.24', '1.25-1.29', '1.30-1.33', '1.34-'];
  assert.equal(minors, [a, a, b, b, c, d, d, d, e, e, f, f]);
  assert.throws(() => eraOf(versionOf('v1.17.0')), /1\.17/);
});

test('paths went out with backports, on one day', () => {
  const before = ['1.24.17', '1.26.15', '1.27.12', '1.28.0-rc.0', '1.28.8', '1.29.0-rc.1', '1.29.3'];
  const after = ['1.27.13', '1.28.9', '1.28.15', '1.29.4', '1.30.0-rc.0', '1.34.0-beta.0'];
  assert.equal(
    [...before, ...after].filter((tag) => trimsPaths(versionOf(tag))),
    after,
  );
});

test("a checkout's own Go counts from the versions on whose scripts read it", () => {
  const own = ['1.24.12', '1.25.8', '1.26.3', '1.27.0', '1.27.0-rc.0', '1.30.1'];
  const builders = ['1.18.20', '1.23.17', '1.24.11', '1.25.7', '1.26.2'];
  assert.equal(
    [...own, ...builders].filter((tag) => takesGoOfCheckout(versionOf(tag))),
    own,
  );
});

/** What the facts have from patches, from source copies and from official binaries, and not from the CHANGELOG files. */
const known: Readonly<Record<string, string>> = {
  ...{
    'v1.24.15': '1.19.10',
    'v1.24.17': '1.20.7',
    'v1.25.16': '1.20.10',
    'v1.27.6': '1.20.8',
    'v1.27.16': '1.22.5',
  },
  ...{
    'v1.28.7': '1.21.7',
    'v1.28.15': '1.22.8',
    'v1.29.3': '1.21.8',
    'v1.29.15': '1.23.6',
    'v1.30.1': '1.22.2',
  },
  ...{ 'v1.30.14': '1.23.10', 'v1.32.2': '1.23.6', 'v1.33.1': '1.24.2', 'v1.34.0': '1.24.6' },
};

test('what .go-version says at a tag', () => {
  const found = Object.keys(known).map((tag) => [tag, goVersionAtTag(versionOf(tag))?.version]);
  assert.equal(Object.fromEntries(found), known);
});

test('a version of a minor holds until the next one, and not from the first tag on that nobody noted', () => {
  assert.is(goVersionAtTag(versionOf('v1.28.10'))?.version, '1.21.9');
  assert.is(goVersionAtTag(versionOf('v1.28.0-rc.0'))?.version, '1.20.6');
  assert.is(goVersionAtTag(versionOf('v1.24.11')), undefined);
  assert.is(goVersionAtTag(versionOf('v1.34.9')), undefined);
  assert.is(goVersionAtTag(versionOf('v1.99.0')), undefined);
  assert.is(goVersionAtTag(versionOf('v1.31.7'))?.isInferred, true);
});

const patch = (body: string) => `From 0 Mon Sep 17 00:00:00 2001
Subject: [PATCH] Bump
 1.20.7 in a message
+1.0.0

---
 .go-version | 2 +-
diff --git a/build/x b/build/x
--- a/build/x
+++ b/build/x
@@ -1 +1 @@
-1.1.1
+1.2.2
${body}diff --git a/zzz b/zzz
--- a/zzz
+++ b/zzz
@@ -1 +1 @@
-1.3.3
+1.4.4
-- 
2.39.5
`;

test('a patch says what it makes of .go-version, and other files of it do not count', () => {
  const change = `diff --git a/.go-version b/.go-version
index 1..2 100644
--- a/.go-version
+++ b/.go-version
@@ -1 +1 @@
-1.20.7
\\ No newline at end of file
+1.20.10
\\ No newline at end of file
`;
  assert.equal(goVersionInPatch(patch(change)), { before: '1.20.7', after: '1.20.10' });
  assert.is(goVersionInPatch(patch('')), undefined);
  const added = change.replace('--- a/.go-version', '--- /dev/null').replace('-1.20.7\n', '');
  assert.equal(goVersionInPatch(patch(added)), { before: undefined, after: '1.20.10' });
});

test.run();
