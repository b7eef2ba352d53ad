import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { newCredentials } from '../../orchestrator/core/credentials.ts';
import { onGo } from '../rig/fake-go.ts';
import { canary, checkNothing, configure, type GuardedWorld, guardedWorld } from '../rig/guarded-world.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

const test = suite<GuardedWorld>('secrets in places');

test.before.each(async (context, defer) => void Object.assign(context, await guardedWorld(defer)));

test('a command line that names a place with one, in whatever option or argument: nothing has it', async (context) => {
  const { world, host, signedIn } = context;
  configure(context, canary);
  assert.is((await world.run(['import', release])).code, 0);
  for (const password of [canary, encodeURIComponent(canary), 'pw']) {
    const all: string[] = [];
    const user = `robot:${password}`;
    for (const words of [
      ['push', release, '--registry', `${user}@registry.test.example/eks`],
      ['push', release, `--registry=${user}@${host}/eks`, '--insecure', '--confirm'],
      ['push', release, '--registry', `https://${user}@${host}/eks`],
      ['push', release, '--registry', `${user}@123456789012.dkr.ecr.eu-west-1.amazonaws.com/eks`, '--policy'],
      ['cluster', release, '--registry', `${user}@${host}/eks`],
      ['cluster', release, '--registry', `${host}/eks`, '--files', `ftp://${user}@${host}/files`],
      ['compare', 'image', `${user}@${host}/a:1`, `${user}@registry.test.example/b:1`],
      ['compare', 'image', `https://${user}@${host}/a:1`, 'b', '--json'],
      ['explain', release, '--published', `http://${user}@${host}/nothing/tool`],
      ['explain', release, '--published', `ssh://${user}@${host}/tool`],
      ['verify', release, '--root', `http://${user}@${host}/`],
      ['verify', `http://${user}@${host}/`],
      ['verify', release, `--no-such-option=http://${user}@${host}/`],
      [`http://${user}@${host}/`],
    ]) {
      const ran = await world.run(words, { credentials: newCredentials() });
      assert.is.not(ran.code, 0, words.join(' '));
      const said = ran.stdout + ran.stderr;
      assert.not.match(said, password === 'pw' ? /:pw@/ : password, words.join(' '));
      assert.not.match(said, /This is a fault of/, words.join(' '));
      all.push(said);
    }
    if (password !== 'pw') checkNothing(context, ...all);
  }
  const published = ['explain', release, '--published'];
  await world.run([
    ...published,
    `HTTP://robot:${encodeURIComponent(canary)}@${host}/org/tool.git/no-such-file`,
  ]);
  assert.ok(signedIn.has('/org/tool.git/no-such-file'), 'who has them is let in');
  signedIn.clear();
  const files = `http://robot:${encodeURIComponent(canary)}@${host}/files/`;
  const cluster = [
    'cluster',
    'v1-34-eks-2',
    '--registry',
    `${host}/eks`,
    '--output',
    'made',
    '--files',
    files,
  ];
  const ran = await world.run([...cluster, '--insecure', '--format', 'kops', '--kops-mirror'], {
    packageFolder: dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
    credentials: newCredentials(),
  });
  assert.match(ran.stderr, 'The user and password of --files are in none of the files');
  assert.ok([...signedIn].some((path) => path.startsWith('/files/')));
  checkNothing(context, ran.stdout, ran.stderr);
});

test('what settings name by a URL with one is fetched with it, and nobody sees it', async (context) => {
  const { world, host, signedIn } = context;
  configure(context, canary);
  assert.is((await world.run(['import', release])).code, 0);
  const at = `http://robot:${encodeURIComponent(canary)}@${host}`;
  const file = join(world.root, 'eksd-rebuild.yaml');
  const before = readFileSync(file, 'utf8');
  const sha256 = 'a'.repeat(64);
  for (const [own, asked] of [
    [`archive: { from: "${at}/go.tar.gz", sha256: ${sha256} }`, '/go.tar.gz'],
    [`archive: { from: "HTTP://${at.slice(7)}/go.tar.gz", sha256: ${sha256} }`, '/go.tar.gz'],
    [`source: { from: "${at}/go.git", commit: ${'b'.repeat(40)}, bootstrap: "1.20.5" }`, '/go.git/info/refs'],
  ] as const) {
    signedIn.clear();
    const versions = ['1.20.5', '1.21.3'].map((version) => `"${version}": { ${own} }`).join(', ');
    writeFileSync(file, `${before}toolchains: { versions: { ${versions} } }\n`);
    onGo(world.folder, 'toolchain', 'echo "go: toolchain not available" >&2; exit 1');
    const ran = await world.run(['verify', release, '--log', 'json'], { credentials: newCredentials() });
    assert.ok(signedIn.has(asked), `${own}: ${ran.stdout.slice(-3000)}`);
    checkNothing(context, ran.stdout, ran.stderr);
  }
});

test('a password where a setting has no place for one is refused, and not quoted: 2', async (context) => {
  const { world, host } = context;
  const user = `robot:${canary}`;
  for (const text of [
    `images: { published: "${user}@${host}/eks" }`,
    `images: { published: "http://${host}/eks" }`,
    `images: { bases: { a: "${user}@${host}/a@sha256:${'a'.repeat(64)}" } }`,
    `images: { compilers: { linux/amd64: "${user}@${host}/a@sha256:${'a'.repeat(64)}" } }`,
    `mirrors: { public.ecr.aws/: "${user}@${host}/" }`,
    `mirrors: { "${user}@${host}/": "${host}/" }`,
    `registries: { "${user}@${host}": { insecure: anywhere } }`,
    `builders: { linux/amd64: "tcp://${user}@${host}" }`,
    `distributions: { al2: { builder: "${user}@${host}/a:1" } }`,
    `distributions: { al2: { repositories: [{ name: a, base: "ftp://${user}@${host}/" }] } }`,
    `toolchains: { versions: { "1.20.5": { archive: { from: "ftp://${user}@${host}/a", sha256: ${'a'.repeat(64)} } } } }`,
    `toolchains: { versions: { "1.20.5": { source: { from: "ssh://${user}@${host}/a", bootstrap: "1.20.5" } } } }`,
    `ecr: { endpoints: { ecr: "ftp://${user}@${host}/" } }`,
  ]) {
    writeFileSync(join(world.root, 'eksd-rebuild.yaml'), `${text}\n`);
    const ran = await world.run(['verify', release], { credentials: newCredentials() });
    assert.is(ran.code, 2, `${text}: ${ran.stderr}`);
    assert.match(ran.stderr, /eksd-rebuild\.yaml:1:[0-9]+: error: /);
    checkNothing(context, ran.stdout, ran.stderr);
  }
});

test.run();
