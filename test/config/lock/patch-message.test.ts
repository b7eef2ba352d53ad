import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  fixesOf,
  isVulnerability,
  messageOf,
  subjectInName,
  subjectOf,
  vulnerabilitiesIn,
} from '../../../orchestrator/config/lock/patch-message.ts';

const mail = (subject: string, body = '') => `From ${'0'.repeat(40)} Mon Sep 17 00:00:00 2001
From: Some Body <some@body.example>
Date: Fri, 10 May 2024 01:02:03 +0000
Subject: ${subject}

${body}
---
 go.mod | 2 +-
diff --git a/go.mod b/go.mod
--- a/go.mod
+++ b/go.mod
@@ -1 +1 @@
-CVE-2000-0001
+Subject: not this one
`;

const subject = (text: string) => subjectOf(messageOf(text));

test("a subject is the mail's, on one line, without what stands in brackets before it", () => {
  assert.is(subject(mail('[PATCH] Bump x/net')), 'Bump x/net');
  assert.is(
    subject(mail('[PATCH 2/3] --EKS-PATCH-- Apply it to both\n endpoints')),
    '--EKS-PATCH-- Apply it to both endpoints',
  );
  assert.is(subject(mail('Plain [not this]').replaceAll('\n', '\r\n')), 'Plain [not this]');
  assert.is(subject(mail('x', 'Subject: of the body')), 'x');
});

test('what is no mail, or cannot be shown, has no subject', () => {
  assert.is(subject('--- a/x\n+++ b/x\n'), undefined);
  assert.is(subject('a text without any changes'), undefined);
  assert.is(subject(mail('[PATCH]')), undefined);
  assert.is(subject(mail('=?UTF-8?q?F=C3=BCr?=')), undefined);
  assert.is(subject(mail('red \u001b[31m')), undefined);
  assert.is(subject(mail('x\u202ey')), undefined);
  assert.is(subject(mail('x'.repeat(301))), undefined);
});

test('numbers of vulnerabilities are found whole, in one way of writing', () => {
  assert.equal(vulnerabilitiesIn('fix cve-2024-24786, ghsa-7WW5-4wqc-m92c (CVE-2024-24786)'), [
    'CVE-2024-24786',
    'GHSA-7ww5-4wqc-m92c',
  ]);
  assert.equal(vulnerabilitiesIn('CVE-2023 CVE-2023-1 XCVE-2023-45288 CVE-2023-45288x GHSA-7ww5-'), []);
  assert.ok(isVulnerability('CVE-2024-24786'));
  for (const other of ['', 'cve-2024-24786', 'CVE-2024-24786 ', 'golang/go#1'])
    assert.not.ok(isVulnerability(other));
});

test("what a patch fixes is its message's word, or else its name's", () => {
  const fixes = (path: string, text: string) => fixesOf(path, vulnerabilitiesIn(messageOf(text)));
  assert.equal(fixes('p/0001-CVE-2000-1111.patch', mail('x', 'For CVE-2024-1111.')), ['CVE-2024-1111']);
  assert.equal(fixes('p/0001-CVE-2000-1111.patch', mail('x')), ['CVE-2000-1111']);
  assert.equal(fixes('p/0001-x.patch', mail('x')), []);
});

test('a number at which git cut the name is none', () => {
  const cut = '0002-Bump-gopkg.in-yaml.v3-to-v3.0.1-to-fix-CVE-2022-2894.patch';
  assert.is(cut.length, 63);
  assert.equal(fixesOf(`patches/${cut}`, []), []);
  assert.equal(fixesOf(`patches/${cut}`, ['CVE-2022-28948']), ['CVE-2022-28948']);
  assert.equal(fixesOf('patches/0001-Fix-CVE-2021-1111-and-CVE-2022-2894.patch', []), [
    'CVE-2021-1111',
    'CVE-2022-2894',
  ]);
});

test('a name says what its words are', () => {
  assert.is(
    subjectInName('projects/a/b/1-30/patches/0003-Bump-x-net-to-0.23.0-to-resolve-CVE-2023-45288.patch'),
    'Bump x net to 0.23.0 to resolve CVE-2023-45288',
  );
  assert.is(subjectInName('fix.patch'), 'fix');
});

test.run();
