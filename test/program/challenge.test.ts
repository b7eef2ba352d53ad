import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { type Ran, runMain, testHost } from '../rig/host.ts';
import {
  equivalenceOf,
  imageOf,
  newParty,
  type Party,
  policyText,
  provenanceOf,
  sha,
} from '../rig/signed-statements.ts';
import { serveSite } from '../rig/site-server.ts';
import { placeFiles, writePlace } from '../rig/statement-places.ts';
import { suite } from '../rig/suite.ts';

interface World {
  readonly folder: string;
  /** Lays out what a rebuilder says, in a folder of his name. */
  readonly says: (party: Party, statements: Parameters<typeof placeFiles>[1], release?: string) => void;
  readonly challenge: (...words: readonly string[]) => Promise<Ran>;
}

const test = suite<World>('challenge');
const parties = ['acme', 'beta', 'gamma'].map((name) => newParty(name));
const [acme, beta, gamma] = parties as [Party, Party, Party];
const [etcd, etcdctl] = [sha('etcd'), sha('etcdctl')];
const all = ['--with', 'acme', 'beta', 'gamma'];

test.before.each((context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'challenge-'));
  defer(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'policy.yaml'), policyText(parties, { agree: 2 }));
  const host = testHost({ cwd: folder, packageFolder: folder, env: { HOME: folder } });
  const says: World['says'] = (party, statements, release) => {
    rmSync(join(folder, party.name), { recursive: true, force: true });
    writePlace(join(folder, party.name), placeFiles(party, statements, release));
  };
  const challenge: World['challenge'] = (...words) => runMain(['challenge', 'v1-30-eks-5', ...words], host);
  for (const party of parties) says(party, honest);
  Object.assign(context, { folder, says, challenge });
});

const honest = [equivalenceOf(etcd), equivalenceOf(etcdctl, { file: 'etcdctl' }), provenanceOf(etcd)];
const forged = sha('what is not etcd');
const lie = [
  equivalenceOf(etcd, { built: forged }),
  equivalenceOf(etcdctl, { file: 'etcdctl' }),
  provenanceOf(forged, { go: '1.21.10', commit: 'b'.repeat(40), flags: ['-trimpath', '-race'] }),
];

const isChallenge = new Ajv2020({ strict: true }).compile(
  JSON.parse(
    readFileSync(
      new URL('../../orchestrator/statement/trust/challenge.schema.json', import.meta.url),
      'utf8',
    ),
  ),
);

test('three who say the same', async ({ challenge }) => {
  const ran = await challenge(...all, '--policy', 'policy.yaml');
  assert.equal([ran.code, ran.stderr], [0, '']);
  const cells = (hash: string) =>
    Array(3)
      .fill(`identical ${hash.slice(0, 12)}`)
      .join('  ');
  assert.is(
    ran.stdout.replace(/ +$/gm, ''),
    `                                    acme                    beta                    gamma\n` +
      `✔ etcd-io/etcd/linux/amd64/etcd     ${cells(etcd)}\n` +
      `✔ etcd-io/etcd/linux/amd64/etcdctl  ${cells(etcdctl)}\n\n` +
      'Of 2 files and images: agreed by 2 or more 2, differing 0, said by fewer 0.\n',
  );
});

test('one of three is false: it is named, after what its build differs in, and before how to find out', async ({
  says,
  challenge,
}) => {
  says(gamma, lie);
  const ran = await challenge(...all, '--policy', 'policy.yaml');
  assert.equal([ran.code, ran.stderr], [1, '']);
  const told = ran.stdout.slice(ran.stdout.indexOf('\n\n') + 2);
  assert.is(
    told,
    `etcd-io/etcd/linux/amd64/etcd
  What they were built from differs in:
    Go: 1.21.9 (acme, beta), 1.21.10 (gamma)
    commit of https://git.example/etcd-io/etcd.git: ${'a'.repeat(40)} (v3.5.13) (acme, beta), ${'b'.repeat(40)} (v3.5.13) (gamma)
    parameter tasks.go-build.flags.1: none (acme, beta), -race (gamma)
  gamma stands alone: identical ${etcd.slice(0, 12)} (acme, beta) against different ${forged.slice(0, 12)} (gamma).
  To find out here what comes of it, and why:
    eksd-rebuild explain v1-30-eks-5 etcd-io/etcd/linux/amd64/etcd

Of 2 files and images: agreed by 2 or more 1, differing 1, said by fewer 0.
gamma stands alone in 1 case.
That others agree does not show that they are right: they may be one party, or make one mistake. A build of your own does.
`,
  );
  assert.match(ran.stdout, /^✖ etcd-io\/etcd\/linux\/amd64\/etcd +identical/m);
});

test('two of three are false and agree: they are as many as the policy asks for, and the one who is true is told to stand alone', async ({
  says,
  challenge,
}) => {
  for (const party of [beta, gamma]) says(party, lie);
  const ran = await challenge(...all, '--policy', 'policy.yaml');
  assert.is(ran.code, 1, 'never a yes');
  assert.match(
    ran.stdout,
    'acme stands alone in 1 case.\nThat others agree does not show that they are right: ',
  );
});

test('all three are false: that what they built is not what was published is no yes', async ({
  says,
  challenge,
}) => {
  for (const party of parties) says(party, lie);
  const ran = await challenge(...all, '--policy', 'policy.yaml');
  assert.is(ran.code, 1);
  assert.match(ran.stdout, /agreed by 2 or more 2, differing 0/);
});

test('nobody is alone where two differ, or where fewer agree than have to', async ({
  folder,
  says,
  challenge,
}) => {
  says(gamma, lie);
  const two = await challenge('--with', 'acme', 'gamma', '--policy', 'policy.yaml');
  assert.is(two.code, 1);
  assert.match(
    two.stdout,
    `  They differ: identical ${etcd.slice(0, 12)} (acme) against different ${forged.slice(0, 12)} (gamma).\n`,
  );
  assert.not.match(two.stdout, 'stands alone');
  writeFileSync(join(folder, 'policy.yaml'), policyText(parties, { agree: 3 }));
  assert.not.match((await challenge(...all, '--policy', 'policy.yaml')).stdout, 'stands alone');
});

test('what only some say', async ({ says, challenge }) => {
  says(gamma, honest.slice(0, 1));
  says(beta, honest.slice(0, 1));
  const ran = await challenge(...all, '--policy', 'policy.yaml');
  assert.is(ran.code, 1);
  assert.match(ran.stdout, /^✖ etcd-io\/etcd\/linux\/amd64\/etcdctl +identical [0-9a-f]{12} +- +-$/m);
  assert.match(ran.stdout, 'agreed by 2 or more 1, differing 0, said by fewer 1.');
});

test('who says two things of a file counts for neither', async ({ says, challenge }) => {
  says(gamma, [equivalenceOf(etcd), ...lie]);
  const ran = await challenge(...all, '--policy', 'policy.yaml');
  assert.is(ran.code, 1);
  assert.match(ran.stdout, '  gamma says two things of it, and counts for neither.\n');
});

test('who says one thing of a file, and another of it in an image, counts for neither', async ({
  says,
  challenge,
}) => {
  const image = sha('an image');
  says(gamma, [
    ...honest,
    imageOf(image, [{ file: 'etcd', published: etcd, built: forged }], { verdict: 'different' }),
  ]);
  const ran = await challenge(...all, '--policy', 'policy.yaml');
  assert.is(ran.code, 1);
  assert.match(ran.stdout, '  gamma says two things of it, and counts for neither.\n');
});

test('a place that is another one by a link agrees with nobody', async ({ folder, challenge }) => {
  const [link, half] = [join(folder, 'delta'), join(folder, 'epsilon')];
  symlinkSync('acme', link);
  const twice = await challenge('--with', 'acme', 'delta');
  assert.equal([twice.code, twice.stdout], [2, '']);
  assert.match(twice.stderr, /^--with names acme twice, once as delta, which would agree with itself\.\n/);
  cpSync(join(folder, 'acme/index.json'), join(half, 'index.json'));
  symlinkSync('../acme/sha256', join(half, 'sha256'));
  const through = await challenge('--with', 'acme', 'epsilon');
  assert.is(through.code, 1);
  assert.match(through.stdout, 'equivalence.sigstore.json lies behind a symbolic link\n');
  assert.match(through.stdout, 'agreed by 2 or more 0, differing 0, said by fewer 2.');
});

test('another file as the published one', async ({ says, challenge }) => {
  says(gamma, [equivalenceOf(forged)]);
  const ran = await challenge(...all, '--policy', 'policy.yaml');
  assert.is(ran.code, 1);
  assert.match(
    ran.stdout,
    `gamma stands alone: identical ${etcd.slice(0, 12)} of ${etcd.slice(0, 12)} (acme, beta) against identical ${forged.slice(0, 12)} of ${forged.slice(0, 12)} (gamma).`,
  );
});

test('what was changed, is of nobody, or of another release, shows nothing, and is told', async ({
  folder,
  says,
  challenge,
}) => {
  const path = `gamma/sha256/${etcd}/equivalence.sigstore.json`;
  writeFileSync(join(folder, path), readFileSync(join(folder, 'acme', path.slice(6))));
  const changed = await challenge(...all, '--policy', 'policy.yaml');
  assert.is(changed.code, 1);
  assert.match(changed.stdout, `What shows nothing:\n  ${path} is not what the list says\n`);
  rmSync(join(folder, path));
  assert.match((await challenge(...all, '--policy', 'policy.yaml')).stdout, 'is listed and not there\n');
  says({ ...newParty('stranger'), name: 'gamma' }, honest);
  const forgedBy = await challenge(...all, '--policy', 'policy.yaml');
  assert.match(
    forgedBy.stdout,
    `  ${path} is refused: its signature is of none of the keys that are trusted\n`,
  );
  assert.is(forgedBy.code, 1);
  says(gamma, honest, 'v1-29-eks-1');
  assert.match((await challenge(...all)).stdout, '  gamma/index.json is of v1-29-eks-1\n');
  writeFileSync(join(folder, 'gamma/index.json'), '{"version":1,"version":1}');
  assert.match((await challenge(...all)).stdout, '  gamma/index.json is refused: ');
  rmSync(join(folder, 'gamma/index.json'));
  assert.match(
    (await challenge(...all)).stdout,
    "  gamma has no index.json: nobody's statements lie there\n",
  );
});

test('a list that leads out of its folder', async ({ folder, challenge }) => {
  const list = readFileSync(join(folder, 'gamma/index.json'), 'utf8');
  writeFileSync(
    join(folder, 'gamma/index.json'),
    list.replaceAll('"path":"sha256', '"path":"../acme/sha256'),
  );
  const ran = await challenge(...all);
  assert.is(ran.code, 1);
  assert.match(ran.stdout, /gamma\/index\.json is refused: statements\.0\.path: the path /);
});

test('without a policy, places are rebuilders, and nobody is told to have signed', async ({
  folder,
  says,
  challenge,
}) => {
  says(gamma, lie);
  writePlace(join(folder, 'open'), placeFiles(undefined, honest));
  const ran = await challenge('--with', 'acme', 'open', '--with', 'gamma');
  assert.is(ran.code, 1);
  assert.match(ran.stdout, 'gamma stands alone: ');
  assert.match(ran.stdout, 'No signature was checked: --policy says whose count.\n');
  const signed = await challenge('--with', 'acme', 'open', '--policy', 'policy.yaml');
  assert.match(signed.stdout, 'equivalence.intoto.json is not signed\n');
});

test('as JSON, by its schema', async ({ says, challenge }) => {
  says(gamma, lie);
  const ran = await challenge(...all, '--policy', 'policy.yaml', '--json');
  const value = JSON.parse(ran.stdout);
  assert.equal([isChallenge(value), isChallenge.errors], [true, null]);
  assert.equal([ran.code, value.rows[0].alone, value.rows[0].inputs[0].input], [1, 'gamma', 'Go']);
});

test('rebuilders at URLs; one that cannot be asked ends it', async ({ says, challenge }) => {
  says(gamma, lie);
  const server = await serveSite();
  try {
    server.files = new Map([...placeFiles(acme, honest)].map(([path, text]) => [`acme/${path}`, text]));
    const words = ['--with', `${server.url}/acme/`, 'beta', 'gamma', '--policy', 'policy.yaml'];
    const ran = await challenge(...words);
    assert.equal([ran.code, ran.stdout.includes('gamma stands alone')], [1, true]);
    server.faults.set(`acme/sha256/${etcd}/equivalence.sigstore.json`, 'cut');
    const cut = await challenge(...words);
    assert.equal([cut.code, cut.stdout], [4, '']);
  } finally {
    server.close();
  }
});

test('what is no challenge', async ({ challenge }) => {
  for (const [words, said] of [
    [['--with', 'acme'], /names one place, and without a policy a place is one rebuilder/],
    [['--with', 'acme', 'acme'], /names acme twice, which would agree with itself/],
    [['--with', 'acme', 'lost'], /lost is no place of statements: it is no folder that is there/],
    [['--with', 'acme', 'policy.yaml'], /policy\.yaml is no place of statements: it is a file/],
    [[], /required option '--with <places\.\.\.>' not specified/],
  ] as const) {
    const ran = await challenge(...words);
    assert.equal([ran.code, ran.stdout], [2, '']);
    assert.match(ran.stderr, said);
  }
});

test.run();
