import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReleaseName } from '../../../orchestrator/core/names.ts';
import { renderPage } from '../../../orchestrator/report/page/page.tsx';
import { type ReportJson, reportJson } from '../../../orchestrator/report/report-json.ts';
import { verdictNames } from '../../../orchestrator/verdict/verify/verdict.ts';
import { imageReport } from '../../rig/image-report.ts';
import { textOf as text } from '../../rig/page-text.ts';
import { recordedNodes, recordedReport } from '../../rig/recorded.ts';
import { fileVerdict, runReport, sha } from '../../rig/verdicts.ts';

/** The opening tags of elements, without what is between. */
function tags(page: string, name: string): readonly string[] {
  return page.match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? [];
}

test('totals are told as three counts, overall, by project and by platform', () => {
  const verdicts = [
    fileVerdict({ project: 'org/a' }),
    fileVerdict({ project: 'org/a', platform: 'linux/arm64', verdict: 'different' }),
    fileVerdict({ project: 'org/b', platform: 'linux/arm64', verdict: 'not-built', comparable: false }),
  ];
  const shown = text(renderPage(reportJson(runReport(verdicts))));
  for (const part of [
    '1 / 2 / 3 identical / comparable / all',
    '1 comparable is not identical. 1 file could not be compared.',
    'org/ a v1.2.3 1.21.10 1 2 2 1 / 2 / 2',
    'org/ b v1.2.3 1.21.10 0 0 1 0 / 0 / 1',
    'linux/amd64 1 1 1 1 / 1 / 1',
    'linux/arm64 0 1 2 0 / 1 / 2',
  ]) {
    assert.ok(shown.includes(part), `${part} in ${shown.slice(0, 1500)}`);
  }
});

test('what somebody has to look at is open, with its project; all else is folded', () => {
  const folded = new Set(['identical', 'equivalent', 'not-built', 'no-expectation']);
  for (const verdict of verdictNames) {
    const page = renderPage(reportJson(runReport([fileVerdict({ verdict })])));
    const open = [...tags(page, 'details')].map((tag) => tag.endsWith(' open>'));
    assert.equal(open, folded.has(verdict) ? [false, false] : [true, true], verdict);
  }
});

test('nothing that was read is markup: names, hashes, failures, commands, addresses', () => {
  const evil = `<script>alert(1)</script><img src=x onerror="alert(2)">'"&`;
  const report = runReport([
    fileVerdict({ project: evil, name: evil, why: evil, where: evil, expected: sha('a'), node: evil }),
    fileVerdict({
      project: evil,
      name: 'other',
      verdict: 'different',
      failure: { reason: 'network', what: evil, detail: evil },
      failedNode: evil,
      explanation: {
        rule: 'go',
        cause: evil,
        evidence: [evil],
        confidence: 'high',
        fix: evil,
        tried: [{ rule: 'go', what: evil, result: 'failed' }],
      },
    }),
  ]);
  const [build] = recordedNodes().slice(-1);
  if (build === undefined) throw new Error('no node');
  const commands = build.commands.map((command) => ({
    ...command,
    argv: [evil],
    cwd: evil,
    env: { [evil]: evil },
  }));
  const nodes = [
    { ...build, id: evil, kind: evil, title: evil, projects: [evil], needs: [evil], notes: [evil], commands },
  ];
  const patches = [{ path: evil, sha256: sha('p') }];
  const projects = report.projects.map((each) => ({
    ...each,
    tag: evil,
    repository: evil,
    commit: evil,
    patches,
    userPatches: patches,
    markers: [evil],
  }));
  const release = { ...report.release, name: evil as ReleaseName, repository: evil };
  const page = renderPage(reportJson({ ...report, release, projects, nodes }));
  assert.is(tags(page, 'script').length, 1);
  assert.is(tags(page, 'img').length, 0);
  assert.ok(text(page).includes(evil));
  for (const tag of page.match(/<[a-z][^>]*>/g) ?? [])
    assert.not.match(tag.replace(/"[^"]*"/g, ''), /\son[a-z]+=/);
});

test('the page asks for nothing, and leads nowhere but to upstream and to itself', () => {
  const page = renderPage(recordedReport());
  assert.equal(page.match(/ src=| srcset=|@import|url\(/g), null);
  assert.equal(tags(page, 'link'), []);
  const ids = new Set([...page.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
  const links = [...page.matchAll(/ href="([^"]+)"/g)].map(([, address = '']) => address);
  assert.ok(links.length > 4);
  for (const address of links) {
    assert.ok(address.startsWith('#') ? ids.has(address.slice(1)) : address.startsWith('https://'), address);
  }
  assert.is(ids.size, [...page.matchAll(/ id="/g)].length, 'an id stands once');
});

test('a failure that many files share is told once; one of a single file with the file, too', () => {
  const failed = (name: string, what: string) =>
    fileVerdict({
      name,
      verdict: 'infra-failed',
      failure: { reason: 'network', what: `fetching ${what}`, detail: 'reset' },
      failedNode: what,
    });
  const [, page = ''] = text(
    renderPage(reportJson(runReport([failed('a', 'shared'), failed('b', 'shared'), failed('c', 'alone')]))),
  ).split('What to know');
  assert.is(page.split('while fetching shared').length - 1, 1);
  assert.ok(page.includes('Infrastructure failed: 2 files'));
  assert.is(page.split('while fetching alone').length - 1, 2);
});

test('commands come with their folder and environment, each environment once', () => {
  const report = recordedReport();
  const page = renderPage(report);
  const environments = tags(page, 'details').filter((tag) => tag.includes('class="environment"'));
  const different = new Set(
    report.nodes.flatMap(({ commands }) => commands.map(({ env }) => JSON.stringify(env))),
  );
  assert.is(environments.length, different.size);
  assert.ok(different.size < report.nodes.flatMap(({ commands }) => commands).length);
  assert.match(text(page), 'in $SCRATCH/source , environment');
});

test('environments are named by what they are for, none like another, and folded together', () => {
  const [build] = recordedNodes().slice(-1);
  if (build === undefined) throw new Error('no node');
  const compiling = (GOARCH: string, go: string) => ({
    ...build,
    id: `go-build org/tool linux/${GOARCH} ${go}`,
    commands: ['one', 'two'].map((GOFLAGS) => ({
      ...(build.commands[1] as NonNullable<(typeof build.commands)[1]>),
      env: { GOOS: 'linux', GOARCH, GOROOT: `$TREE(toolchain ${go})/go`, GOPROXY: 'off', GOFLAGS },
    })),
  });
  const nodes = [
    compiling('amd64', 'go1.21.10'),
    compiling('arm64', 'go1.21.10'),
    compiling('arm64', 'go1.22.3'),
  ];
  const page = renderPage(recordedReport(undefined, nodes));
  const names = [...page.matchAll(/class="environment" id="[^"]+"><summary>([^<]+) </g)].map(
    ([, name]) => name,
  );
  assert.equal(names, [
    ...['go-build: go build linux/amd64 go1.21.10', 'go-build: go build linux/amd64 go1.21.10 (2)'],
    ...['go-build: go build linux/arm64 go1.21.10', 'go-build: go build linux/arm64 go1.21.10 (2)'],
    ...['go-build: go build linux/arm64 go1.22.3', 'go-build: go build linux/arm64 go1.22.3 (2)'],
  ]);
  const [, folded = ''] = page.split('<details class="environments">');
  assert.is(folded.split('class="environment"').length - 1, names.length);
  assert.not.match(text(page), /environment [0-9]/);
});

test('a note of several platforms stands once in all of the page, and links to the task of each', () => {
  const [build] = recordedNodes().slice(-1);
  if (build === undefined) throw new Error('no node');
  const note = 'A module was gone, so the vendor folder was taken.';
  const nodes = ['amd64', 'arm64'].map((each) => ({
    ...build,
    id: `go-build org/tool linux/${each}`,
    notes: [note, `Only for ${each}.`],
  }));
  const page = renderPage(recordedReport(undefined, nodes));
  assert.is(page.split(note).length - 1, 1);
  assert.match(text(page), `org/tool ( linux/amd64 , linux/arm64 ): ${note}`);
  assert.match(text(page), 'org/tool ( linux/arm64 ): Only for arm64.');
  const links = [...page.matchAll(/ href="#(note-\d+)"/g)].map(([, anchor]) => anchor);
  assert.equal(links, ['note-1', 'note-2', 'note-1', 'note-3']);
});

test('the cause that was found is told with what speaks for it, what to do, and what was tried', () => {
  const tried = [{ rule: 'stamp', what: 'no stamp', result: 'different' }] as const;
  const explanation = {
    rule: 'go',
    cause: 'Another Go.',
    evidence: ['It says so.'],
    confidence: 'confirmed',
    fix: 'Take it.',
    tried,
  } as const;
  const found = { expected: sha('a'), found: sha('b'), where: 'CHECKSUMS:3' };
  const shown = text(
    renderPage(reportJson(runReport([fileVerdict({ verdict: 'explained', explanation, ...found })]))),
  );
  for (const part of [
    'Another Go. (confirmed by a rebuild)',
    'It says so.',
    'What to do: Take it.',
    'no stamp (stamp) : other bytes',
    sha('a'),
    sha('b'),
    'in CHECKSUMS:3',
  ]) {
    assert.ok(shown.includes(part), part);
  }
});

test('a Go of another flavour is named with its project, and what it has is told', () => {
  const report = recordedReport();
  const go = {
    version: '1.18.10',
    flavour: 'al2-rpm',
    origin: 'by the date',
    read: 'X:1',
    others: [],
  } as const;
  const projects = report.projects.map((project) => ({ ...project, go }));
  const shown = text(renderPage({ ...report, projects }));
  for (const part of [
    'org/tool: Built with Go 1.18.10 of Amazon Linux 2',
    '1.18.10 al2-rpm 1 1 1',
    'by the date',
  ]) {
    assert.ok(shown.includes(part), part);
  }
});

test('where the release is on GitHub, an expectation links to its line at the commit that was read', () => {
  const report: ReportJson = recordedReport([
    { expected: sha('a'), found: sha('a'), where: 'projects/CHECKSUMS:7' },
  ]);
  const page = renderPage({
    ...report,
    release: { ...report.release, repository: 'https://github.com/org/up.git' },
  });
  assert.ok(
    page.includes(`<a href="https://github.com/org/up/blob/${'d'.repeat(40)}/projects/CHECKSUMS#L7">`),
  );
});

test('a page of ninety files, each with its script, stays below a megabyte', () => {
  const files = Array.from({ length: 91 }, (_, at) => ({
    name: `file-${at}`,
    expected: sha('a'),
    found: sha('a'),
  }));
  const page = renderPage(recordedReport(files));
  assert.is(page.split('#!/bin/sh').length - 1, 91);
  assert.ok(page.length < 1_000_000, String(page.length));
});

test('what was found of vulnerabilities is led to where it lies beside', () => {
  const json = reportJson(runReport([fileVerdict()]));
  assert.match(
    renderPage({
      ...json,
      beside: { vulnerabilities: 'vulnerabilities.html', statements: [], packages: [], vex: [] },
    }),
    '<a href="vulnerabilities.html">Known vulnerabilities</a>',
  );
  assert.not.match(renderPage(json), 'vulnerabilities.html');
});

test('what is stated of the very bytes is led to, of the image and of the file, and of nothing else', () => {
  const path = (of: string, kind: string) => `statements/sha256/${sha(of)}/${kind}.intoto.json`;
  const statement = (of: string, kind: string) => ({ subject: sha(of), kind, path: path(of, kind) });
  const beside = {
    statements: [statement('a', 'provenance'), statement('index', 'spdx'), statement('other', 'spdx')],
    packages: [],
    vex: [],
  };
  const report = runReport([fileVerdict({ found: sha('a') })], { images: [imageReport()] });
  const links = [...renderPage(reportJson(report, beside)).matchAll(/ href="(statements[^"]*)"/g)];
  assert.equal(
    links.map(([, to]) => to),
    [path('index', 'spdx'), path('a', 'provenance')],
  );
});

test.run();
