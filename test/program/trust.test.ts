import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as assert from 'uvu/assert';
import { type Ran, runMain, testHost } from '../rig/host.ts';
import { equivalenceOf, newParty, policyText, sha, signedText } from '../rig/signed-statements.ts';
import { serveSite } from '../rig/site-server.ts';
import { placeFiles, writePlace } from '../rig/statement-places.ts';
import { suite } from '../rig/suite.ts';
import { unusedPort } from '../rig/unused-port.ts';

interface World {
  readonly folder: string;
  readonly trust: (...words: readonly string[]) => Promise<Ran>;
}

const test = suite<World>('trust');
const [acme, beta] = [newParty('acme'), newParty('beta', 'ed25519')];
const [etcd, etcdctl] = ['the bytes of etcd', 'the bytes of etcdctl'];

test.before.each((context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'trust-'));
  defer(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'policy.yaml'), policyText([acme, beta]));
  writeFileSync(join(folder, 'two.yaml'), policyText([acme, beta], { agree: 2 }));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/etcd'), etcd);
  writePlace(join(folder, 'acme'), placeFiles(acme, [equivalenceOf(sha(etcd))]));
  const host = testHost({ cwd: folder, packageFolder: folder, env: { HOME: folder } });
  Object.assign(context, {
    folder,
    trust: (...words: readonly string[]) =>
      runMain(['trust', ...words, ...(words.includes('--policy') ? [] : ['--policy', 'policy.yaml'])], host),
  });
});

const schema = JSON.parse(
  readFileSync(new URL('../../orchestrator/statement/trust/trust.schema.json', import.meta.url), 'utf8'),
);
const isAnswer = new Ajv2020({ strict: true }).compile(schema);

test('a file by statements in a folder', async ({ trust }) => {
  const ran = await trust('bin/etcd', '--statements', 'acme');
  assert.equal(ran, {
    code: 0,
    stderr: '',
    stdout: `✔ bin/etcd (sha256:${sha(etcd)}) is trusted\n  ✔ equivalence: said by acme (identical); 1 signer has to\n`,
  });
});

test('as JSON, by its schema', async ({ trust }) => {
  for (const words of [
    ['bin/etcd', '--statements', 'acme'],
    ['bin'],
    ['bin/etcd', '--policy', 'two.yaml', '--statements', 'acme'],
  ]) {
    const { stdout } = await trust(...words, '--json');
    assert.ok(isAnswer(JSON.parse(stdout)), JSON.stringify(isAnswer.errors));
  }
  const { isTrusted, subjects, places } = JSON.parse(
    (await trust('bin/etcd', '--statements', 'acme', '--json')).stdout,
  );
  assert.equal([isTrusted, places], [true, ['beside bin/etcd', 'acme']]);
  assert.is(
    subjects[0].requirements[0].agreed[0].place,
    `acme/sha256/${sha(etcd)}/equivalence.sigstore.json`,
  );
});

test('fewer than have to agree; another joins', async ({ folder, trust }) => {
  const words = ['bin/etcd', '--policy', 'two.yaml', '--statements', 'acme', '--statements', 'beta'];
  mkdirSync(join(folder, 'beta'));
  const alone = await trust(...words);
  assert.is(alone.code, 1);
  assert.match(alone.stdout, '  ✖ equivalence: said by acme (identical); 2 signers have to\n');
  // A second name for what one has said already.
  writePlace(join(folder, 'beta'), placeFiles(acme, [equivalenceOf(sha(etcd))]));
  assert.is((await trust(...words)).code, 1);
  writePlace(join(folder, 'beta'), placeFiles(beta, [equivalenceOf(sha(etcd))]));
  const both = await trust(...words);
  assert.equal(
    [both.code, both.stdout.includes('said by acme (identical), beta (identical); 2 signers have to')],
    [0, true],
  );
});

test('a file that nobody says anything about', async ({ folder, trust }) => {
  const nowhere = await trust('bin/etcd');
  assert.is(nowhere.code, 1);
  assert.match(
    nowhere.stdout,
    /^✖ bin\/etcd \(sha256:[0-9a-f]{64}\) is not trusted\n {2}✖ equivalence: nobody who counts says so; 1 signer has to\n/,
  );
  writeFileSync(join(folder, 'bin/etcd'), `${etcd} `);
  assert.is((await trust('bin/etcd', '--statements', 'acme')).code, 1);
});

test('what lies there and is not signed, or cannot be read, is told', async ({ folder, trust }) => {
  writePlace(join(folder, 'open'), placeFiles(undefined, [equivalenceOf(sha(etcd))]));
  const open = await trust('bin/etcd', '--statements', 'open');
  assert.match(open.stdout, `open/sha256/${sha(etcd)}/equivalence.intoto.json is not signed\n`);
  const place = join(folder, 'linked', 'sha256', sha(etcd));
  mkdirSync(place, { recursive: true });
  symlinkSync(
    join(folder, 'acme/sha256', sha(etcd), 'equivalence.sigstore.json'),
    join(place, 'equivalence.sigstore.json'),
  );
  const linked = await trust('bin/etcd', '--statements', 'linked');
  assert.equal([linked.code, open.code], [1, 1]);
  assert.match(linked.stdout, /equivalence\.sigstore\.json is a symbolic link\n/);
});

test('a folder that cannot be read, or lies behind a link, is told once', async ({ folder, trust }) => {
  mkdirSync(join(folder, 'linked/sha256'), { recursive: true });
  symlinkSync(join(folder, 'acme/sha256', sha(etcd)), join(folder, 'linked/sha256', sha(etcd)));
  const linked = await trust('bin/etcd', '--statements', 'linked');
  assert.is(linked.code, 1);
  const told = linked.stdout.split('\n').filter((line) => line.endsWith(' lies behind a symbolic link'));
  assert.is(told.length, 1);
  mkdirSync(join(folder, 'circle/sha256'), { recursive: true });
  symlinkSync(sha(etcd), join(folder, 'circle/sha256', sha(etcd)));
  const circle = await trust('bin/etcd', '--statements', 'circle');
  assert.equal([circle.code, circle.stdout.includes('cannot be read')], [1, true], circle.stdout);
});

test('a bundle beside a file', async ({ folder, trust }) => {
  writeFileSync(join(folder, 'bin/etcd.sigstore.json'), signedText(acme, equivalenceOf(sha(etcd))));
  assert.is((await trust('bin/etcd')).code, 0);
  writeFileSync(
    join(folder, 'bin/etcd.sigstore.json'),
    signedText(newParty('other'), equivalenceOf(sha(etcd))),
  );
  const forged = await trust('bin/etcd');
  assert.is(forged.code, 1);
  assert.match(
    forged.stdout,
    'bin/etcd.sigstore.json is refused: its signature is of none of the keys that are trusted\n',
  );
});

test('each file of a folder: lists of sums are what their files are, bundles are no files', async ({
  folder,
  trust,
}) => {
  const write = (name: string, text: string) => writeFileSync(join(folder, 'bin', name), text);
  write('etcd.sigstore.json', signedText(acme, equivalenceOf(sha(etcd))));
  write('etcd.sha256', `${sha(etcd)}  etcd\n`);
  assert.equal(await trust('bin'), {
    code: 0,
    stderr: '',
    stdout:
      `✔ etcd (sha256:${sha(etcd)}) is trusted\n  ✔ equivalence: said by acme (identical); 1 signer has to\n` +
      `✔ etcd.sha256 (sha256:${sha(`${sha(etcd)}  etcd\n`)}) is trusted: it has the sums of etcd, and nothing else\n` +
      'bin: all 2 files are trusted.\n',
  });
  write('etcdctl', etcdctl);
  write('SHA256SUM', `${sha(etcd)}  etcd\n${sha(etcdctl)}  etcdctl\n`);
  const more = await trust('bin');
  assert.is(more.code, 1);
  assert.match(
    more.stdout,
    /✖ SHA256SUM .* is not trusted: it has the sums of etcd, etcdctl, and nothing else\n/,
  );
  assert.match(more.stdout, 'bin is not trusted: of 4 files, 2 are.\n');
  write('etcdctl', 'other bytes');
  assert.match((await trust('bin')).stdout, /✖ SHA256SUM .* is not trusted\n {2}✖ equivalence/);
  rmSync(join(folder, 'bin'), { recursive: true });
  mkdirSync(join(folder, 'bin'));
  symlinkSync('/etc/hostname', join(folder, 'bin/link'));
  write('strange.sigstore.json', '{}');
  const links = await trust('bin');
  assert.is(links.code, 1);
  assert.match(links.stdout, '✖ link is not trusted: it is a symbolic link\n');
  assert.match(links.stdout, /✖ strange\.sigstore\.json \(/);
});

test('a sum that vouches for itself, or in a circle, vouches for nothing', async ({ folder, trust }) => {
  rmSync(join(folder, 'bin/etcd'));
  writeFileSync(join(folder, 'bin/a'), '');
  writeFileSync(join(folder, 'bin/b'), `${sha('')}  a\n`);
  assert.is((await trust('bin')).code, 1);
});

test('nothing is nothing to trust', async ({ folder, trust }) => {
  mkdirSync(join(folder, 'empty/below'), { recursive: true });
  const empty = await trust('empty', '--statements', 'acme');
  assert.equal([empty.code, empty.stdout], [2, '']);
  assert.match(empty.stderr, 'There is no file in empty to ask about.\n');
  for (const what of ['lost', 'lost/etcd'])
    assert.match((await trust(what)).stderr, /is neither here nor an image: it has no registry in front/);
});

test('a policy that is wrong, or not there: nobody is asked', async ({ folder, trust }) => {
  writeFileSync(join(folder, 'bad.yaml'), policyText([acme], { agree: 0 }));
  const bad = await trust('bin/etcd', '--policy', 'bad.yaml', '--statements', 'http://127.0.0.1:1/');
  assert.equal([bad.code, bad.stdout], [2, '']);
  assert.match(bad.stderr, /^bad\.yaml:[0-9]+:8: error: agree: expected a whole number from 1/);
  assert.match((await trust('bin/etcd', '--policy', 'lost.yaml')).stderr, 'There is no policy lost.yaml.');
  assert.is((await trust('bin/etcd', '--statements', 'lost')).code, 2);
  assert.is((await trust('bin/etcd', '--statements', 'policy.yaml')).code, 2);
});

test('statements at a URL', async ({ trust }) => {
  const server = await serveSite();
  try {
    const below = [...placeFiles(acme, [equivalenceOf(sha(etcd))])].map(
      ([path, text]) => [`eks/${path}`, text] as const,
    );
    server.files = new Map(below);
    const path = `eks/sha256/${sha(etcd)}/equivalence.sigstore.json`;
    const words = ['bin/etcd', '--statements', `${server.url}/eks`];
    assert.equal(
      [(await trust(...words)).code, server.requests],
      [0, [path, path.replace('.sigstore', '-2.sigstore')]],
    );
    for (const fault of ['cut once', 'unavailable twice'] as const) {
      server.requests.length = 0;
      server.faults.set(path, fault);
      assert.is((await trust(...words)).code, 0, fault);
    }
    server.faults.set(path, 'forbidden');
    assert.is((await trust(...words)).code, 1);
    for (const fault of ['cut', 'too short'] as const) {
      server.faults.set(path, fault);
      const ran = await trust(...words);
      if (fault === 'cut') assert.equal([ran.code, ran.stdout], [4, '']);
      else assert.is(ran.code, 1, 'a statement that was cut at its end');
    }
    server.faults.set(path, { to: 'ftp://example.com/' });
    assert.is((await trust(...words)).code, 4);
  } finally {
    server.close();
  }
});

test('a place that cannot be asked: no answer, whatever others say', async ({ trust }) => {
  const port = await unusedPort();
  const ran = await trust('bin/etcd', '--statements', 'acme', '--statements', `http://127.0.0.1:${port}/`);
  assert.equal([ran.code, ran.stdout], [4, '']);
  assert.match(ran.stderr, /The network failed while reading http:\/\/127\.0\.0\.1:/);
});

test('on a machine that has node and nothing else', ({ folder }) => {
  const alone = join(folder, 'path');
  mkdirSync(alone);
  symlinkSync(process.execPath, join(alone, 'node'));
  const cli = fileURLToPath(new URL('../../orchestrator/cli.ts', import.meta.url));
  const tsx = fileURLToPath(import.meta.resolve('tsx'));
  const words = [
    '--import',
    tsx,
    cli,
    'trust',
    'bin/etcd',
    '--policy',
    'policy.yaml',
    '--statements',
    'acme',
  ];
  const ran = spawnSync('node', words, { cwd: folder, env: { PATH: alone, HOME: folder }, encoding: 'utf8' });
  assert.equal([ran.status, ran.stderr], [0, '']);
  assert.match(ran.stdout, /^✔ bin\/etcd /);
});

test.run();
