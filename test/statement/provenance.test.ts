import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { canonicalJson } from '../../orchestrator/core/canonical-json.ts';
import { asRelativePath } from '../../orchestrator/core/relative-path.ts';
import { fileProvenance, imageProvenance } from '../../orchestrator/statement/provenance.ts';
import { type Statement, statementText } from '../../orchestrator/statement/statement.ts';
import { ociSha } from '../rig/image-report.ts';
import { imageOf, madeBy, type OtherRun } from '../rig/made-by.ts';
import { isStatement } from '../rig/statement-schema.ts';
import { fileVerdict, sha } from '../rig/verdicts.ts';

const commit = 'c'.repeat(40);
const distro = `git+https://example.com/upstream.git@${'d'.repeat(40)}`;

/** What is said of the file that came out, of the image; as whoever reads it has it. */
const ofFile = (other?: OtherRun) => {
  const made = madeBy(other);
  return parsed(fileProvenance(made.report.verdicts[0] ?? fileVerdict(), made));
};
const ofImage = (given?: Parameters<typeof imageOf>[0], other?: OtherRun) =>
  parsed(imageProvenance(imageOf(given), madeBy(other)));
const parsed = (statement: Statement) => JSON.parse(statementText(statement));

/** `uri` to digest, in order. */
function dependenciesOf({ predicate }: ReturnType<typeof parsed>) {
  const all: readonly { uri: string; digest?: Readonly<Record<string, string>> }[] =
    predicate.buildDefinition.resolvedDependencies;
  return all.map(({ uri, digest }) => [uri, Object.values(digest ?? {})[0]]);
}

test('it is a statement of in-toto with a provenance of SLSA', () => {
  const made = madeBy();
  const allowed = [{ verdict: 'different' as const, reason: 'x' }];
  const statements = [ofFile(), ofImage(), parsed(imageProvenance(imageOf(), made, allowed))];
  for (const statement of statements) {
    isStatement(statement);
    assert.equal(isStatement.errors ?? [], []);
  }
  const text = statementText(imageProvenance(imageOf(), made));
  assert.is(text, canonicalJson(JSON.parse(text)));
});

test('the subject of a file is what was built; of an image its index and those of its platforms, without a registry', () => {
  assert.equal(ofFile().subject, [{ name: 'org/tool/linux/amd64/tool', digest: { sha256: sha('a') } }]);
  assert.equal(ofImage().subject, [
    { name: 'org/tool', digest: { sha256: sha('index') } },
    { name: 'org/tool#linux/amd64', digest: { sha256: sha('amd64') } },
    { name: 'org/tool#linux/arm64', digest: { sha256: sha('arm64') } },
  ]);
  const { digest: _, ...unmade } = imageOf();
  assert.throws(() => imageProvenance(unmade, madeBy()), 'org/tool was not made');
  assert.throws(() => fileProvenance(fileVerdict(), madeBy()), 'tool of org/tool was not built');
});

test('a file is built of the source, its patches, Go, the recipe, and modules by their sums', () => {
  assert.equal(dependenciesOf(ofFile()), [
    [distro, 'd'.repeat(40)],
    ['git+https://example.com/org/tool.git@refs/tags/v1.2.3', commit],
    [`${distro}#projects/org/tool/1-30/patches/0001-fix.patch`, 'f'.repeat(64)],
    ['pkg:generic/go@1.21.10', undefined],
    ['urn:eksd-rebuild:recipe:org/tool#project.yaml', sha('recipe')],
    ['urn:eksd-rebuild:source:org/tool#go.sum', sha('go.sum')],
  ]);
});

test('an image besides of its Dockerfile, and of what it stands on', () => {
  const more = dependenciesOf(ofImage()).slice(dependenciesOf(ofFile()).length);
  const name = 'eks-distro-minimal-base';
  const dockerfile = ['urn:eksd-rebuild:dockerfile:org/tool', sha('FROM base\nCOPY tool /tool\n')];
  const reference = `oci://registry.example.com/eks/${name}:2024-04-01`;
  assert.equal(more, [dockerfile, [reference, sha('base')]]);

  const onOwn = ofImage({ base: { from: 'al2023' } });
  assert.equal(dependenciesOf(onOwn).slice(-2), [
    ['urn:eksd-rebuild:base:al2023', undefined],
    ['urn:eksd-rebuild:base:al2023#Dockerfile', sha('its Dockerfile')],
  ]);
  assert.equal(onOwn.predicate.buildDefinition.externalParameters.base, { name, from: 'al2023' });
  const { base: _, ...scratch } = imageOf({ standsOn: 'scratch' });
  const onNone = parsed(imageProvenance(scratch, madeBy()));
  assert.is(onNone.predicate.buildDefinition.externalParameters.base, 'scratch');
});

test("EKS Distro's own Go: where it is from, its patches that are compiled in, and the archives of the official one", () => {
  const build = {
    version: '1.21.10',
    repository: 'https://example.com/go.git',
    commit: 'f'.repeat(40),
    release: 7,
    patches: [
      { path: asRelativePath('patches/0001-cve.patch'), sha256: sha('cve'), changes: ['net/http'] },
      { path: asRelativePath('patches/0002-docs.patch'), sha256: sha('docs') },
    ],
  };
  const run = madeBy().report;
  const go = { version: '1.21.10', flavour: 'eks-go' as const, read: 'x', others: [], build };
  const statement = ofFile({
    report: {
      projects: run.projects.map((each) => ({
        ...each,
        go,
        userPatches: [{ path: 'patches/org/tool/mine.patch', sha256: sha('mine') }],
      })),
    },
    pins: (pins) => {
      pins.goDownloads = { '1.21.10': { 'linux/amd64': sha('archive') }, '1.19': {} };
    },
  });
  const own = dependenciesOf(statement).slice(3, 7);
  assert.equal(own, [
    ['urn:eksd-rebuild:user:patches/org/tool/mine.patch', sha('mine')],
    ['pkg:generic/go@1.21.10', undefined],
    ['https://go.dev/dl/go1.21.10.linux-amd64.tar.gz', sha('archive')],
    [`git+https://example.com/go.git@${'f'.repeat(40)}#patches/0001-cve.patch`, sha('cve')],
  ]);
  const { resolvedDependencies } = statement.predicate.buildDefinition;
  assert.equal(resolvedDependencies[4].annotations, {
    ...{ flavour: 'eks-go', repository: 'https://example.com/go.git', commit: 'f'.repeat(40), release: 7 },
  });
});

test('what was compiled here names its compiler, and what came', () => {
  const by = `registry.example.com/gcc@${ociSha('gcc')}`;
  const pause = { project: 'org/tool', platform: 'linux/amd64', file: 'pause' } as const;
  const reference = { host: 'registry.example.com', repository: 'gcc', digest: ociSha('gcc') };
  const compilers = new Map([
    ['linux/amd64' as const, { reference, gcc: 'gcc', on: 'linux/amd64' as const }],
    ['linux/arm64' as const, { reference, gcc: 'other-gcc', on: 'linux/amd64' as const }],
  ]);
  const made = ofImage({ programs: [{ ...pause, compiled: { by, sha256: sha('pause') } }] }, { compilers });
  const { buildDefinition, runDetails } = made.predicate;
  assert.equal(runDetails.byproducts, [
    {
      name: 'org/tool/linux/amd64/pause',
      digest: { sha256: sha('pause') },
      annotations: { verdict: 'no-expectation', compiledBy: by },
    },
  ]);
  assert.equal(
    dependenciesOf(made).filter(([uri]) => uri?.includes('gcc')),
    [['oci://registry.example.com/gcc', sha('gcc')]],
  );
  assert.equal(buildDefinition.externalParameters.compilers, {
    'linux/amd64': { image: by, gcc: 'gcc', on: 'linux/amd64' },
  });
});

test('patches are named at the commit that the pins were read from', () => {
  const tag = { name: 'v1-30-eks-5', commit: 'e'.repeat(40), date: '2024-05-02T10:00:00+02:00' };
  const { release } = madeBy().report;
  const fromTag = ofFile({ report: { release: { ...release, tree: 'tag', tag } } });
  const read = `git+https://example.com/upstream.git@${'e'.repeat(40)}`;
  assert.equal(dependenciesOf(fromTag)[0], [read, 'e'.repeat(40)]);
  assert.match(dependenciesOf(fromTag)[2]?.[0] ?? '', `${read}#`);
});

test('what the user accepted as the way it was really built is told, with what was done', () => {
  const override = { stamp: 'clean' as const };
  const accepted = { 'org/tool': { because: 'its stamp was clean', files: [], override } };
  const { projects } = madeBy().report;
  const overlay = { file: '/home/me/releases/v1-30-eks-5.overlay.yaml', because: 'its stamp was clean' };
  const statement = ofFile({
    accepted,
    report: { projects: projects.map((each) => ({ ...each, overlay })) },
  });
  const { resolvedDependencies, externalParameters } = statement.predicate.buildDefinition;
  assert.equal(resolvedDependencies[1].annotations, { builtOtherwise: 'its stamp was clean' });
  assert.equal(externalParameters.accepted, { 'org/tool': { because: 'its stamp was clean', override } });
  assert.not.match(JSON.stringify(statement), '/home/me');
  assert.not.match(JSON.stringify(ofFile()), 'builtOtherwise');
});

test('of each program in an image what was expected, where that stands, and what came', () => {
  assert.equal(ofImage().predicate.runDetails.byproducts, [
    {
      name: 'org/tool/linux/amd64/tool',
      digest: { sha256: sha('a') },
      annotations: {
        ...{ verdict: 'identical', authority: 'built', expected: sha('a') },
        where: 'projects/org/tool/1-30/CHECKSUMS:3',
      },
    },
    {
      name: 'org/tool/linux/arm64/tool',
      digest: { sha256: sha('x') },
      annotations: { verdict: 'different', authority: 'built', expected: sha('b') },
    },
  ]);
});

test('what was let pass, and why', () => {
  const allowed = [{ verdict: 'different' as const, reason: 'a fix of ours' }];
  const made = parsed(imageProvenance(imageOf(), madeBy(), allowed));
  assert.equal(made.predicate['urn:eksd-rebuild:allowed'], allowed);
  assert.not.match(JSON.stringify(ofImage()), 'urn:eksd-rebuild:allowed');
});

test('what tasks were asked to do: flags and environment, and no digest of their outputs', () => {
  const { tasks } = ofFile().predicate.buildDefinition.internalParameters;
  assert.equal(Object.keys(tasks), ['go-build org/tool linux/amd64', 'source org/tool']);
  const build = tasks['go-build org/tool linux/amd64'];
  assert.equal([build.platform, build.flags], ['linux/amd64', ['-trimpath', '-mod=mod']]);
  assert.equal(
    ['toolchain', 'source', 'modules'].filter((name) => name in build),
    [],
  );
  const image = ofImage().predicate.buildDefinition.internalParameters.tasks['image org/tool linux/amd64'];
  assert.equal(image.dockerfile, { sha256: sha('FROM base\nCOPY tool /tool\n') });
});

test('another day, another machine, another selection: the same text', () => {
  const here = JSON.stringify(ofFile());
  const there = JSON.stringify(
    ofFile({
      report: { started: '2031-05-06T07:08:09.000Z', seconds: 1234, exitCode: 1 },
      ...{ host: 'linux/arm64', platforms: ['linux/amd64'] },
    }),
  );
  assert.is(here, there);
  assert.not.match(here, '2026-01-02');
  const other = ofFile({
    pins: (pins) => {
      pins.projects['org/tool']?.patches.pop();
    },
  });
  assert.is.not(here, JSON.stringify(other));
});

test('the schema is one: it refuses what in-toto and SLSA do not describe', () => {
  const wrong: readonly ((json: ReturnType<typeof parsed>) => void)[] = [
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
    const json = ofImage();
    change(json);
    assert.not.ok(isStatement(json), String(change));
  }
});

test.run();
