import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { reportJson } from '../../orchestrator/report/report-json.ts';
import type { NodeReport, RunReport } from '../../orchestrator/report/run-report.ts';
import { verdictNames } from '../../orchestrator/verdict/verify/verdict.ts';
import { buildFailure } from '../rig/events.ts';
import { failedImage, imageReport } from '../rig/image-report.ts';
import { fileVerdict, runReport, sha } from '../rig/verdicts.ts';

const schema = JSON.parse(
  readFileSync(new URL('../../orchestrator/report/report.schema.json', import.meta.url), 'utf8'),
);
const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);

/** What a reader of the file gets. */
function written(report: RunReport) {
  return JSON.parse(JSON.stringify(reportJson(report, beside)));
}

const beside = {
  vulnerabilities: 'vulnerabilities.html',
  statements: [{ subject: sha('a'), kind: 'spdx', path: `statements/sha256/${sha('a')}/spdx.intoto.json` }],
  packages: [
    {
      subject: sha('amd64'),
      path: 'statements/cyclonedx.intoto.json',
      rpms: [{ name: 'glibc', version: '2.26-64' }],
      modules: [{ name: 'stdlib' }],
      unread: ['/var/lib/dpkg/status'],
    },
  ],
  vex: [
    {
      path: 'vulnerabilities.openvex.json',
      claims: [
        {
          vulnerability: 'CVE-2024-1',
          aliases: ['GO-2024-1'],
          status: 'not_affected',
          justification: 'vulnerable_code_not_present',
          why: ['It is not there.'],
          components: ['pkg:golang/stdlib@1.21.10'],
          subjects: [sha('a')],
        },
      ],
    },
  ],
} as const;

const explanation = {
  rule: 'go',
  cause: 'Another Go.',
  evidence: ['It says so.'],
  confidence: 'high',
  fix: 'Take it.',
  inside: { extent: 'code', differences: [{ kind: 'go-version', text: 'Built with 1.21.9 and 1.21.10.' }] },
  tried: [{ rule: 'go', what: 'Go 1.21.9', result: 'different' }],
} as const;

function node(id: string, given: Partial<NodeReport>): NodeReport {
  const empty = { kind: 'go-build', title: id, projects: ['org/tool'], needs: [], notes: [], commands: [] };
  return { id, ...empty, end: { status: 'ran' }, ...given };
}

const command = {
  argv: ['go', 'build', '.'],
  cwd: '$TREE(source)/source',
  env: { TZ: 'UTC' },
  exitCode: undefined,
  seconds: 1.5,
  isolation: 'namespace',
} as const;

/** A report with every optional member, every verdict and every end of a node. */
function fullReport(): RunReport {
  const verdicts = verdictNames.map((verdict) =>
    fileVerdict({
      name: verdict,
      verdict,
      expected: sha('a'),
      found: sha('b'),
      where: 'CHECKSUMS:1',
      node: 'build',
      failedNode: 'source',
      failure: buildFailure,
      explanation,
    }),
  );
  const nodes = [
    node('source', {
      kind: 'source',
      tree: sha('tree'),
      key: sha('key'),
      inputs: { tag: 'v1' },
      secondsWhenRun: 3,
      notes: ['Made by hand.'],
      patches: [{ path: 'p', sha256: sha('p'), repository: 'r', commit: 'c'.repeat(40) }],
    }),
    node('build', { needs: ['source', 'lost'], began: 3, seconds: 2, commands: [command] }),
    node('cached', { end: { status: 'cached' } }),
    node('failed', { end: { status: 'failed', failure: buildFailure } }),
    node('skipped', { end: { status: 'skipped', because: 'failed' } }),
    node('aborted', { end: { status: 'aborted' } }),
  ];
  const unverified = verdictNames.map((verdict) => {
    return {
      project: 'org/tool',
      platform: 'linux/amd64',
      file: 'tool',
      verdict,
      why: 'It differs.',
    } as const;
  });
  const images = [
    imageReport({ unverified }),
    imageReport({ base: { from: 'al2023' } }),
    failedImage({ failure: buildFailure }),
  ];
  const report = runReport(verdicts, { nodes, images, interrupted: true, exitCode: 130 });
  return {
    ...report,
    criticalPath: { seconds: 5, nodes: ['source', 'build'] },
    leftOut: { projects: ['org/other'], platforms: ['windows/amd64'], images: ['org/other'] },
    release: {
      ...report.release,
      tag: { name: 't', commit: 'e'.repeat(40), date: '2024-05-02T10:00:00+02:00' },
    },
    projects: report.projects.map((project) => ({
      ...project,
      commit: 'unresolved',
      patches: [{ path: 'a.patch', sha256: 'unavailable' }],
      userPatches: [{ path: 'b.patch', sha256: sha('b') }],
    })),
  };
}

test('what is written is what the schema describes', () => {
  for (const report of [fullReport(), runReport([]), runReport([fileVerdict()])]) {
    validate(written(report));
    assert.equal(validate.errors ?? [], []);
  }
});

test('the schema is strict: it refuses what it does not describe', () => {
  const wrong: readonly ((json: ReturnType<typeof written>) => void)[] = [
    (json) => (json.schema = 2),
    (json) => (json.extra = true),
    (json) => delete json.totals.comparable,
    (json) => (json.projects[0].files[0].verdict = 'fine'),
    (json) => (json.projects[0].files[0].found = 'abc'),
    (json) => (json.nodes[0].key = 7),
    (json) => (json.nodes[1].commands[0].isolation = 'sandbox'),
    (json) => (json.started = 'yesterday'),
    (json) => (json.images[0].digest = 'a'.repeat(64)),
    (json) => (json.images[0].base.from = 'elsewhere'),
    (json) => (json.images[0].platforms[0].size = 3),
    (json) => delete json.images[0].unverified[0].why,
    (json) => delete json.images[2].failure.description,
    (json) => (json.images = {}),
    (json) => delete json.leftOut.images,
    (json) => (json.next[0].mood = 'fine'),
    (json) => delete json.next[0].commands,
    (json) => (json.beside.statements[0].subject = 'x'),
    (json) => (json.criticalPath.nodes = 3),
    (json) => (json.nodes[1].began = -1),
    (json) => delete json.images[0].platforms[0].layers,
    (json) => (json.projects[0].files[0].explanation.inside.extent = 'all'),
  ];
  for (const change of wrong) {
    const json = written(fullReport());
    change(json);
    assert.not.ok(validate(json), String(change));
  }
});

test('files are with their project, and trees with the needs that they went into', () => {
  const json = written(fullReport());
  assert.is(json.projects[0].files.length, verdictNames.length);
  assert.is(json.projects[0].files[0].project, undefined);
  assert.equal(json.nodes[1].needs, [{ node: 'source', tree: sha('tree') }, { node: 'lost' }]);
  assert.is(json.nodes[1].commands[0].exitCode, null);
  assert.is(json.nodes[3].failure.reason, 'command-failed');
});

test('images are there where they were asked for, with what went wrong in words', () => {
  const { images } = written(fullReport());
  assert.is(images[2].failure.reason, 'command-failed');
  assert.match(images[2].failure.description, 'undefined: x');
  assert.is(images[2].digest, undefined);
  assert.equal(images[0].programs, [{ project: 'org/tool', platform: 'linux/amd64', file: 'tool' }]);
  assert.not.ok('images' in written(runReport([])));
  assert.equal(written(runReport([], { images: [] })).images, []);
});

test('what else the objects carry stays out of the file', () => {
  const report = runReport([]);
  const release = { ...report.release, secret: 'x' };
  assert.is(written({ ...report, release }).release.secret, undefined);
  const image = { ...imageReport(), secret: 'x' };
  assert.is(written({ ...report, images: [image] }).images[0].secret, undefined);
});

test('words that asked for a part are there, and only where there were any', () => {
  const asked = { projects: ['org/tool'], platforms: [] };
  const part = written(runReport([fileVerdict()], { asked }));
  assert.equal(part.asked, asked);
  assert.ok(validate(part), JSON.stringify(validate.errors));
  const whole = written(runReport([fileVerdict()], { asked: { projects: [], platforms: [] } }));
  assert.not.ok('asked' in whole);
  assert.is(whole.release.projects, 1);
});

test.run();
