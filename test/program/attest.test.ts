import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { readEquivalence } from '../../orchestrator/statement/equivalence.ts';
import { readProvenance } from '../../orchestrator/statement/read-provenance.ts';
import { readStatement } from '../../orchestrator/statement/statement.ts';
import { readStatementIndex } from '../../orchestrator/statement/statement-index.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { changeTool, type ImageWorld, imageWorld, keepTool } from '../rig/image-world.ts';
import { reportIn, reportOf } from '../rig/report.ts';
import { isStatement } from '../rig/statement-schema.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: ImageWorld }>('attest');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await imageWorld();
});

/** Every file below a folder, by its path there. */
function filesOf(folder: string): ReadonlyMap<string, string> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(files.sort().map((file) => [file.slice(folder.length + 1), readFileSync(file, 'utf8')]));
}

function listIn(files: ReadonlyMap<string, string>) {
  const list = readStatementIndex(files.get('index.json') ?? '', 'index.json');
  if (!list.ok) throw new Error(describeFailure(list.error));
  return list.value;
}

const slsa = 'https://slsa.dev';
const equivalence = 'urn:eksd-rebuild:equivalence:1';

test('of every file and image, by its digest: how it was made, and that it is what was published', async ({
  world,
}) => {
  const ran = await world.run(['attest', release]);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, `\n45 statements in out/${release}/statements\n`);
  const files = filesOf(join(world.root, 'out', release, 'statements'));
  const { statements } = listIn(files);
  assert.equal(
    [...files.keys()].filter((path) => path !== 'index.json'),
    [...new Set(statements.map(({ path }) => path))].sort(),
  );
  for (const { path, sha256, subject, predicateType } of statements) {
    const text = files.get(path) ?? '';
    assert.is(digestOf(text), sha256);
    const statement = readStatement(text, path);
    if (!statement.ok) throw new Error(describeFailure(statement.error));
    assert.is(statement.value.predicateType, predicateType);
    const own = statement.value.subject.find(({ name }) => name === subject.name);
    assert.equal(own?.digest, { sha256: subject.sha256 });
    const isSummary = predicateType === `${slsa}/verification_summary/v1`;
    if (!isSummary) assert.is(path.split('/')[1], subject.sha256);
    if (predicateType === equivalence) assert.ok(readEquivalence(statement.value, path).ok);
    if (predicateType !== `${slsa}/provenance/v1`) continue;
    isStatement(JSON.parse(text));
    assert.equal(isStatement.errors ?? [], []);
    assert.ok(readProvenance(statement.value, path).ok);
  }
  const { images = [], projects, release: told } = reportOf(world, release);
  const digests = [
    ...projects.flatMap((each) => each.files.map(({ found = '' }) => found)),
    ...images.flatMap(({ digest = '', platforms }) => [digest, ...platforms.map((each) => each.digest)]),
  ].map((digest) => digest.replace('sha256:', ''));
  for (const digest of digests) {
    for (const kind of ['provenance', 'equivalence'])
      assert.ok(files.has(`sha256/${digest}/${kind}.intoto.json`), `${kind} of ${digest}`);
  }
  const summary = JSON.parse(files.get(`sha256/${told.lock}/summary.intoto.json`) ?? '{}');
  assert.is(summary.predicate.verificationResult, 'PASSED');
  assert.is(summary.subject.length, 7);
  for (const { uri, digest } of summary.predicate.inputAttestations)
    assert.is(digestOf(files.get(uri) ?? ''), digest.sha256);
  assert.is(summary.predicate.inputAttestations.length, 9);
});

test('the report has what the bills of images say is in them, for each platform, and leads to the bills', async ({
  world,
}) => {
  const { images = [], beside } = reportOf(world, release);
  const made = images.flatMap(({ platforms }) => platforms.map(({ digest }) => digest.slice(7)));
  assert.ok(made.length > 2, String(made.length));
  assert.equal([...(beside?.packages ?? [])].map(({ subject }) => subject).sort(), [...made].sort());
  const page = readFileSync(join(world.root, 'out', release, 'report.html'), 'utf8');
  for (const { subject, path, modules, rpms } of beside?.packages ?? []) {
    const bill = JSON.parse(readFileSync(join(world.root, 'out', release, path), 'utf8'));
    assert.is(bill.subject[0].digest.sha256, subject);
    const libraries = bill.predicate.components.filter(({ type }: { type: string }) => type === 'library');
    assert.is(modules.length + rpms.length, libraries.length);
    assert.ok(page.includes(`<a href="${path}">bill of materials</a>`));
  }
});

test('a statement that is not what its list says is not told of', async ({ world }) => {
  const [first, ...others] = reportOf(world, release).beside?.packages ?? [];
  const place = join(world.root, 'out', release, first?.path ?? '');
  const whole = readFileSync(place, 'utf8');
  writeFileSync(place, whole.replace('"CycloneDX"', '"CycloneDX" '));
  try {
    assert.is((await world.run(['images', release])).code, 0);
    assert.equal(reportOf(world, release).beside?.packages, others);
  } finally {
    writeFileSync(place, whole);
  }
});

test('what an OpenVEX document says of what was built is stated of it, and of nothing else', async ({
  world,
}) => {
  const { projects } = reportOf(world, release);
  const [file] = projects.flatMap((each) => each.files.filter(({ found }) => found !== undefined));
  const about = (...sums: readonly string[]) => ({
    '@context': 'https://openvex.dev/ns/v0.2.0',
    statements: sums.map((sha256) => {
      const products = [{ '@id': 'pkg:generic/one', hashes: { 'sha-256': sha256 } }];
      return { vulnerability: { name: 'CVE-2024-1' }, products, status: 'under_investigation' };
    }),
  });
  const place = join(world.root, 'vex.json');
  const attest = (document: unknown) => {
    writeFileSync(place, JSON.stringify(document));
    return world.run(['attest', release, '--no-images', '--vex', 'vex.json', '--output', 'vexed']);
  };
  const document = about(file?.found ?? '', '0'.repeat(64));
  const ran = await attest(document);
  assert.is(ran.code, 0, ran.stderr);
  const vexed = listIn(filesOf(join(world.root, 'vexed'))).statements.filter(
    ({ predicateType }) => predicateType === document['@context'],
  );
  assert.equal(
    vexed.map(({ subject }) => subject.sha256),
    [file?.found],
  );
  const text = readFileSync(join(world.root, 'vexed', vexed[0]?.path ?? ''), 'utf8');
  assert.equal(JSON.parse(text).predicate, document);

  // Where they lie beside a report, it has what they say of its files.
  const report = join(world.root, 'vexed.folder', 'report.json');
  await world.run([
    'attest',
    release,
    '--no-images',
    '--vex',
    'vex.json',
    '--report',
    report,
    '--output',
    'vexed.folder/statements',
  ]);
  assert.equal(
    reportIn(report).beside?.vex.map(({ path, claims }) => [path, claims.map(({ subjects }) => subjects)]),
    [[`statements/${vexed[0]?.path}`, [[file?.found]]]],
  );
  const page = readFileSync(report.replace('.json', '.html'), 'utf8');
  assert.match(page, '<a href="#vex">1 not known</a>');

  const other = await attest(about('0'.repeat(64)));
  assert.is(other.code, 2);
  assert.match(other.stderr, 'vex.json speaks of nothing that this run made.');
  const later = await attest({ ...document, '@context': 'https://openvex.dev/ns/v0.3.0' });
  assert.is(later.code, 2);
  assert.match(later.stderr, /vex\.json:1:\d+: .*openvex/s);
  const absent = await world.run(['attest', release, '--vex', 'absent.json']);
  assert.is(absent.code, 2);
  assert.match(absent.stderr, 'There is no file absent.json.');
});

test('another machine, another day, another folder, no images: the same bytes', async ({ world }) => {
  const other = await imageWorld();
  const later = { now: () => Date.now() + 40 * 86_400_000 };
  const ran = await other.run(['attest', release, '--output', '../elsewhere'], later);
  assert.is(ran.code, 0, ran.stderr);
  const here = filesOf(join(world.root, 'out', release, 'statements'));
  assert.equal(filesOf(join(other.folder, 'elsewhere')), here);
  const plain = await other.run(['attest', release, '--no-images', '--output', '../plain']);
  assert.is(plain.code, 0, plain.stderr);
  const some = filesOf(join(other.folder, 'plain'));
  assert.is([...some.keys()].filter((path) => path.includes('provenance')).length, 6);
  for (const [path, text] of some) {
    if (path !== 'index.json' && !path.includes('summary')) assert.is(here.get(path), text, path);
  }
});

test('what an earlier time said of more is taken away, and nothing else', async ({ world }) => {
  const folder = join(world.root, 'part');
  const output = ['--output', 'part'];
  assert.is((await world.run(['attest', release, '--no-images', ...output])).code, 0);
  const all = filesOf(folder);
  writeFileSync(join(folder, 'notes.txt'), 'mine\n');
  const ran = await world.run(['attest', release, '--no-images', '--project', 'org/tool', ...output]);
  assert.is(ran.code, 0, ran.stderr);
  const files = filesOf(folder);
  assert.is(files.get('notes.txt'), 'mine\n');
  const kept = [...files.keys()].filter((path) => path.startsWith('sha256/'));
  assert.is(kept.length, 9);
  for (const path of kept) if (!path.includes('summary')) assert.is(files.get(path), all.get(path));
  assert.equal(readdirSync(join(folder, 'sha256')).length, 3);
});

test('what differs is said to differ, and the summary fails', async ({ world }) => {
  changeTool(world);
  const ran = await world.run(['attest', release, '--output', 'other', '--image', 'org/tool']);
  keepTool(world);
  assert.is(ran.code, 1, ran.stderr);
  const files = filesOf(join(world.root, 'other'));
  const said = [...files].flatMap(([path, text]) => {
    const { predicate } = path.includes('equivalence') ? JSON.parse(text) : {};
    return predicate === undefined ? [] : [`${predicate.file ?? predicate.image}: ${predicate.verdict}`];
  });
  // Each of the two programs, by its published hash; the image by its index and the manifests of its platforms.
  assert.equal(said.sort(), [...Array(3).fill('org/tool: different'), ...Array(2).fill('tool: different')]);
  const summary = [...files].find(([path]) => path.includes('summary'))?.[1] ?? '{}';
  const { predicate } = JSON.parse(summary);
  assert.is(predicate.verificationResult, 'FAILED');
  assert.equal(predicate['urn:eksd-rebuild:scope'].projects, ['org/tool']);
});

test('what is there and is no list of ours is told before anything is built, and stays', async ({
  world,
}) => {
  const folder = join(world.root, 'taken');
  mkdirSync(folder);
  writeFileSync(join(folder, 'index.json'), '{"version":1,"version":2}\n');
  const before = reportOf(world, release).started;
  const ran = await world.run(['attest', release, '--no-images', '--output', 'taken']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, 'taken/index.json: error: has an object with the same name twice');
  assert.equal([...filesOf(folder).keys()], ['index.json']);
  assert.is(reportOf(world, release).started, before);
});

test('an option that would do nothing is refused', async ({ world }) => {
  const ran = await world.run(['attest', release, '--no-images', '--base', 'al2']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, '--base does nothing beside --no-images.');
});

test.run();
