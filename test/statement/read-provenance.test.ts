import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { fileProvenance, imageProvenance } from '../../orchestrator/statement/provenance.ts';
import { readProvenance } from '../../orchestrator/statement/read-provenance.ts';
import { readStatement, statementText } from '../../orchestrator/statement/statement.ts';
import { ociSha } from '../rig/image-report.ts';
import { imageOf, madeBy } from '../rig/made-by.ts';
import { fileVerdict, sha } from '../rig/verdicts.ts';

const accepted = { 'org/tool': { because: 'x', files: [], override: { stamp: 'clean' as const } } };
const made = madeBy({ accepted });
const fileText = statementText(fileProvenance(made.report.verdicts[0] ?? fileVerdict(), made));
const imageText = statementText(imageProvenance(imageOf(), made));

function read(text: string) {
  const statement = readStatement(text, 'a.json');
  return statement.ok ? readProvenance(statement.value, 'a.json') : statement;
}

test('what was written of a file is read: the pins of its project, and what was done otherwise', () => {
  const stated = read(fileText);
  if (!stated.ok) throw new Error(describeFailure(stated.error));
  const { lock, what, platforms, subject, method } = stated.value;
  assert.equal(what, { kind: 'file', project: 'org/tool', file: 'tool' });
  assert.equal([platforms, method], [['linux/amd64'], 'direct']);
  assert.equal(subject.digest, { sha256: sha('a') });
  assert.equal(stated.value.accepted, accepted);
  // What no build rests on is not in it.
  const { baseImages: _, ...rest } = made.prepared.lock;
  assert.equal(lock, { ...rest, baseImages: [] });
});

test('of an image what it stands on, too, with the digest that its tag had', () => {
  const stated = read(imageText);
  if (!stated.ok) throw new Error(describeFailure(stated.error));
  const { lock, what, platforms, subject } = stated.value;
  assert.equal(platforms, ['linux/amd64', 'linux/arm64']);
  assert.equal(subject, { name: 'org/tool', digest: { sha256: sha('index') } });
  assert.equal(
    lock.baseImages.map(({ name, digest }) => [name, digest]),
    [['eks-distro-minimal-base', ociSha('base')]],
  );
  assert.equal(what, {
    kind: 'image',
    image: 'org/tool',
    tag: 'v1.2.3-eks-1-30-5',
    called: { channel: '1-30', number: 5 },
  });
  assert.equal(stated.value.images?.bases[0], {
    ...{ name: 'eks-distro-minimal-base', from: 'published' },
    reference: `registry.example.com/eks/eks-distro-minimal-base:2024-04-01@${ociSha('base')}`,
  });
});

type Change = (json: ReturnType<typeof JSON.parse>) => void;
const parameters = (json: Parameters<Change>[0]) => json.predicate.buildDefinition.externalParameters;
const pinsOf = (json: Parameters<Change>[0]) => parameters(json).pins.projects['org/tool'];
const refused: readonly (readonly [what: string, change: Change, complaint: string])[] = [
  ['another type', (json) => (json.predicateType = 'https://slsa.dev/provenance/v0.2'), 'is of type https'],
  [
    'a build of others',
    (json) => (json.predicate.buildDefinition.buildType = 'https://x.y/z'),
    'of another kind',
  ],
  ['a builder of others', (json) => (json.predicate.runDetails.builder.id = 'https://x.y/z'), 'builder.id: '],
  ['an unknown parameter', (json) => (parameters(json).flags = ['-x']), 'unknown field "flags"'],
  ['a name that is a path', (json) => (parameters(json).file = '../tool'), 'externalParameters.file: '],
  ['another file', (json) => (parameters(json).file = 'ctl'), 'is about org/tool/linux/amd64/ctl'],
  ['pins of another release', (json) => (parameters(json).pins.release = 'v1-30-eks-6'), 'its pins are of'],
  [
    'pins of another project',
    (json) => (parameters(json).project = 'org/other'),
    'org/other/linux/amd64/tool',
  ],
  [
    'another commit',
    (json) => (pinsOf(json).commit = 'e'.repeat(40)),
    'in its pins, and not so among its dep',
  ],
  [
    'a repository that runs something',
    (json) => (pinsOf(json).repository = 'ext::sh -c x'),
    'expected a repository',
  ],
  [
    'an unknown patch',
    (json) => (parameters(json).accepted['org/tool'].override.patches = ['x']),
    'a patch x',
  ],
  [
    'a flag that go must not have',
    (json) => (parameters(json).accepted['org/tool'].override.flags = ['-toolexec=sh']),
    'flags',
  ],
  [
    'something accepted of another project',
    (json) => (parameters(json).accepted['org/other'] = parameters(json).accepted['org/tool']),
    'accepts something of org/other',
  ],
  [
    'no recipe',
    (json) =>
      (json.predicate.buildDefinition.resolvedDependencies =
        json.predicate.buildDefinition.resolvedDependencies.filter(
          ({ uri }: { uri: string }) => !uri.includes('recipe'),
        )),
    'names no recipe',
  ],
  [
    'two subjects',
    (json) => json.subject.push({ name: 'x', digest: { sha256: sha('x') } }),
    'not its subject alone',
  ],
];

for (const [what, change, complaint] of refused) {
  test(`refused: ${what}`, () => {
    const json = JSON.parse(fileText);
    change(json);
    const stated = read(JSON.stringify(json));
    const said = stated.ok ? '' : describeFailure(stated.error);
    assert.ok(said.startsWith('a.json') && said.includes(complaint), said.slice(0, 400));
  });
}

test.run();
