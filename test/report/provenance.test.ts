import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../orchestrator/core/canonical-json.ts';
import { asRelativePath } from '../../orchestrator/core/relative-path.ts';
import { provenanceOf } from '../../orchestrator/report/provenance.ts';
import type { RunReport } from '../../orchestrator/report/run-report.ts';
import { imageReport, ociSha } from '../rig/image-report.ts';
import { isStatement } from '../rig/statement-schema.ts';
import { fileVerdict, runReport, sha } from '../rig/verdicts.ts';

const commit = 'c'.repeat(40);

/** A run of two projects, of which org/tool has patches, the user's own too, and EKS Distro's Go. */
function report(given: Partial<RunReport> = {}): RunReport {
  const verdicts = [
    fileVerdict({ expected: sha('a'), found: sha('a'), where: 'projects/org/tool/1-30/CHECKSUMS:3' }),
    fileVerdict({ platform: 'linux/arm64', verdict: 'different', expected: sha('b'), found: sha('x') }),
    fileVerdict({ name: 'other', found: sha('other') }),
    fileVerdict({ project: 'org/unused', found: sha('unused') }),
  ];
  const run = runReport(verdicts);
  return {
    ...run,
    projects: run.projects.map((project) => ({
      ...project,
      go: {
        version: '1.21.10',
        flavour: 'eks-go' as const,
        read: 'ATTRIBUTION.txt:4',
        others: [],
        build: {
          version: '1.21.10',
          repository: 'https://example.com/go.git',
          commit: 'f'.repeat(40),
          release: 7,
          patches: [
            { path: asRelativePath('patches/0001-cve.patch'), sha256: sha('cve'), changes: ['net/http'] },
            { path: asRelativePath('patches/0002-docs.patch'), sha256: sha('docs') },
          ],
        },
      },
      patches: [{ path: 'projects/org/tool/1-30/patches/0001-fix.patch', sha256: sha('fix') }],
      userPatches: [{ path: 'patches/org/tool/mine.patch', sha256: sha('mine') }],
    })),
    ...given,
  };
}

const image = imageReport({
  programs: [
    { project: 'org/tool', platform: 'linux/amd64', file: 'tool' },
    { project: 'org/tool', platform: 'linux/arm64', file: 'tool' },
  ],
  unverified: [
    { project: 'org/tool', platform: 'linux/arm64', file: 'tool', verdict: 'different', why: 'It differs.' },
  ],
});

function statement(...given: Parameters<typeof provenanceOf>) {
  return JSON.parse(provenanceOf(...given));
}

test('it is a statement of in-toto with a provenance of SLSA', () => {
  const texts = [
    provenanceOf(image, report(), [{ verdict: 'different', reason: 'x' }]),
    provenanceOf(image, report(), []),
    provenanceOf(imageReport({ base: { from: 'al2' }, programs: [] }), report(), []),
  ];
  for (const text of texts) {
    isStatement(JSON.parse(text));
    assert.equal(isStatement.errors ?? [], []);
    assert.is(text, canonicalJson(JSON.parse(text)));
  }
});

test('the subject is the index, by its digest and without a registry', () => {
  const { subject, predicate } = statement(image, report(), []);
  assert.equal(subject, [{ name: 'org/tool', digest: { sha256: sha('index') } }]);
  assert.equal(predicate.buildDefinition.externalParameters, {
    release: 'v1-30-eks-5',
    lock: sha('lock'),
    image: 'org/tool',
    tag: 'v1.2.3-eks-1-30-5',
    platforms: ['linux/amd64', 'linux/arm64'],
    base: 'published',
  });
  assert.throws(() => provenanceOf(imageWithoutDigest(), report(), []), 'org/tool was not made');
});

function imageWithoutDigest() {
  const { digest: _, ...rest } = image;
  return rest;
}

test("what went in: source, patches, Go and base, each by its digest; of the image's projects only", () => {
  const { predicate } = statement(image, report(), []);
  assert.equal(predicate.buildDefinition.resolvedDependencies, [
    { uri: 'git+https://example.com/org/tool.git@refs/tags/v1.2.3', digest: { gitCommit: commit } },
    {
      uri: `git+https://example.com/upstream.git@${'d'.repeat(40)}#projects/org/tool/1-30/patches/0001-fix.patch`,
      digest: { sha256: sha('fix') },
    },
    { uri: 'urn:eksd-rebuild:user:patches/org/tool/mine.patch', digest: { sha256: sha('mine') } },
    {
      uri: 'pkg:generic/go@1.21.10',
      name: 'go1.21.10',
      annotations: {
        flavour: 'eks-go',
        repository: 'https://example.com/go.git',
        commit: 'f'.repeat(40),
        release: 7,
      },
    },
    // The one that is compiled in.
    {
      uri: `git+https://example.com/go.git@${'f'.repeat(40)}#patches/0001-cve.patch`,
      digest: { sha256: sha('cve') },
    },
    {
      uri: 'oci://registry.example.com/eks/eks-distro-minimal-base:2024-04-01',
      digest: { sha256: sha('base') },
    },
  ]);
});

test('what was compiled here names its compiler, and what came', () => {
  const by = `registry.example.com/gcc@${ociSha('gcc')}`;
  const pause = { project: 'org/tool', platform: 'linux/amd64', file: 'pause' } as const;
  const made = imageReport({ programs: [{ ...pause, compiled: { by, sha256: sha('pause') } }] });
  const { buildDefinition, runDetails } = statement(made, report(), []).predicate;
  assert.equal(runDetails.byproducts, [
    {
      name: 'org/tool linux/amd64 pause',
      digest: { sha256: sha('pause') },
      annotations: { verdict: 'no-expectation', compiledBy: by },
    },
  ]);
  const dependencies: readonly { readonly uri: string }[] = buildDefinition.resolvedDependencies;
  assert.equal(
    dependencies.filter(({ uri }) => uri.includes('gcc')),
    [{ uri: 'oci://registry.example.com/gcc', digest: { sha256: sha('gcc') } }],
  );
});

test('a base image of our own, and none', () => {
  const last = (base: Parameters<typeof imageReport>[0]) =>
    statement(imageReport(base), report(), []).predicate.buildDefinition.resolvedDependencies.at(-1);
  assert.equal(last({ base: { from: 'al2023' } }), {
    uri: 'urn:eksd-rebuild:base:al2023',
    name: 'eks-distro-minimal-base',
  });
  const { base: _, ...scratch } = imageReport({ standsOn: 'scratch' });
  const { buildDefinition } = statement(scratch, report(), []).predicate;
  assert.is(buildDefinition.externalParameters.base, 'scratch');
  assert.match(buildDefinition.resolvedDependencies.at(-1).uri, 'patches/0001-cve.patch');
});

test('patches are named at the commit that the pins were read from', () => {
  const tag = { name: 'v1-30-eks-5', commit: 'e'.repeat(40), date: '2024-05-02T10:00:00+02:00' };
  const run = report();
  const fromTag = statement(image, { ...run, release: { ...run.release, tree: 'tag', tag } }, []);
  assert.match(fromTag.predicate.buildDefinition.resolvedDependencies[1].uri, `@${'e'.repeat(40)}#`);
});

test('what the user accepted as the way it was really built is told', () => {
  const run = report();
  const projects = run.projects.map((project) => ({
    ...project,
    overlay: { file: '/home/me/releases/v1-30-eks-5.overlay.yaml', because: 'its Go was older' },
  }));
  const text = provenanceOf(image, { ...run, projects }, []);
  const [source] = JSON.parse(text).predicate.buildDefinition.resolvedDependencies;
  assert.equal(source.annotations, { builtOtherwise: 'its Go was older' });
  assert.not.match(text, '/home/me');
  assert.not.match(provenanceOf(image, run, []), 'builtOtherwise');
});

test('of each program what was expected, where that stands, and what came', () => {
  assert.equal(statement(image, report(), []).predicate.runDetails.byproducts, [
    {
      name: 'org/tool linux/amd64 tool',
      digest: { sha256: sha('a') },
      annotations: {
        verdict: 'identical',
        authority: 'built',
        expected: sha('a'),
        where: 'projects/org/tool/1-30/CHECKSUMS:3',
      },
    },
    {
      name: 'org/tool linux/arm64 tool',
      digest: { sha256: sha('x') },
      annotations: { verdict: 'different', authority: 'built', expected: sha('b') },
    },
  ]);
});

test('what was let pass, and why', () => {
  const allowed = [{ verdict: 'different' as const, reason: 'a fix of ours' }];
  assert.equal(statement(image, report(), allowed).predicate['urn:eksd-rebuild:allowed'], allowed);
  assert.not.match(provenanceOf(image, report(), []), 'urn:eksd-rebuild:allowed');
});

test('another day, another machine, another order of work: the same text', () => {
  const node = (id: string, cwd: string) => ({
    ...{
      id,
      kind: 'go-build',
      title: id,
      projects: ['org/tool'],
      needs: [],
      notes: ['Built by BuildKit v1.'],
    },
    end: { status: 'ran' } as const,
    commands: [
      { argv: ['go'], cwd, env: { HOME: cwd }, exitCode: 0, seconds: 1, isolation: 'none' as const },
    ],
  });
  const here = provenanceOf(image, report({ nodes: [node('a', '/home/a')] }), []);
  const there = provenanceOf(
    image,
    report({
      ...{ started: '2031-05-06T07:08:09.000Z', seconds: 1234, exitCode: 1 as const },
      nodes: [node('b', '/home/b'), node('a', '/home/b')],
    }),
    [],
  );
  assert.is(here, there);
  assert.not.match(here, '/home/');
  assert.not.match(here, /20[0-9]{2}-[0-9]{2}-[0-9]{2}T/);
  assert.match(here, ociSha('base').slice('sha256:'.length));
});

test('the schema is one: it refuses what in-toto and SLSA do not describe', () => {
  const wrong: readonly ((json: ReturnType<typeof statement>) => void)[] = [
    (json) => (json._type = 'https://in-toto.io/Statement/v0.1'),
    (json) => (json.subject = []),
    (json) => delete json.subject[0].digest,
    (json) => (json.subject[0].digest.sha256 = `sha256:${sha('a')}`),
    (json) => delete json.predicate.buildDefinition.externalParameters,
    (json) => delete json.predicate.runDetails.builder.id,
    (json) => (json.predicate.runDetails.builder.version = '1'),
    (json) => (json.predicate.buildDefinition.resolvedDependencies[0] = { name: 'x' }),
    (json) => (json.predicate.buildDefinition.resolvedDependencies[0].sha256 = 'x'),
  ];
  for (const change of wrong) {
    const json = statement(image, report(), []);
    change(json);
    assert.not.ok(isStatement(json), String(change));
  }
});

test.run();
