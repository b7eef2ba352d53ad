import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { suite } from '../rig/suite.ts';
import { copyWorld, newWorld, publish, type World } from '../rig/world.ts';
import { kitPins, release, toolPins } from '../rig/world-content.ts';

/** Release 5 was verified, and of release 7, in which another org/tool is expected, nothing is known. */
const test = suite<{ known: World; world: World }>('atlas');

test.before(async (context) => {
  const world = await newWorld();
  await publish(world, 7, { ...toolPins({ source: 'package main\n\n// three\n' }), ...kitPins() });
  const imported = await world.run(['import', 'v1-30-eks-7']);
  assert.is(imported.code, 0, imported.stderr);
  const audited = await world.run(['audit', release]);
  assert.is(audited.code, 0, audited.stderr);
  context.known = world;
});

test.before.each((context) => {
  context.world = copyWorld(context.known);
});

function filesIn(folder: string): ReadonlyMap<string, string> {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(folder, path), 'utf8')]));
}

/** Commands on one line each. */
const joined = (text: string) => text.replaceAll(/ \\\n +/g, ' ');

const json = (world: World, path: string) => JSON.parse(readFileSync(join(world.root, 'site', path), 'utf8'));

test('a site of all that is known, and of what is not', async ({ world }) => {
  const ran = await world.run(['atlas', '--output', 'site']);
  assert.is(ran.stderr, '');
  assert.is(ran.code, 0);
  assert.match(ran.stdout, /^site: 2 releases, \d+ files \([0-9.]+ MB\), all new\. Open index\.html\.\n$/);
  const known = json(world, `release/${release}.json`);
  assert.equal(known.counts, { identical: 6, comparable: 6, all: 7, unknown: 0 });
  const unknown = json(world, 'release/v1-30-eks-7.json');
  assert.equal(unknown.counts, { identical: 0, comparable: 0, all: 7, unknown: 7 });
  assert.is(unknown.before, release);
  assert.equal(unknown.changes, [{ what: 'org/tool', how: ['2 files changed'] }]);
  const files = filesIn(join(world.root, 'site'));
  const sums = [...files]
    .filter(([path]) => path !== 'SHA256SUMS')
    .map(([path, text]) => `${digestOf(text)}  ${path}\n`);
  assert.equal(files.get('SHA256SUMS')?.split('\n').sort(), sums.join('').split('\n').sort());
});

test('the same gives the same bytes on any day, and leaves the folder alone', async ({ world }) => {
  await world.run(['atlas', '--output', 'site']);
  const site = join(world.root, 'site');
  const inode = statSync(site).ino;
  const again = await world.run(['atlas', '--output', 'site'], { now: () => 4e12 });
  assert.match(again.stdout, 'as they were');
  assert.is(statSync(site).ino, inode);
  await world.run(['atlas', '--output', 'other'], { now: () => 4e12, build: 'f'.repeat(64) });
  const [one, other] = [filesIn(site), filesIn(join(world.root, 'other'))];
  for (const [path, text] of one)
    if (!['INPUTS', 'SHA256SUMS'].includes(path)) assert.is(other.get(path), text, path);
});

test('what changed is written, what is no more is gone, and all is as if made anew', async ({ world }) => {
  const build = 'b'.repeat(64);
  const make = (output: string) =>
    world.run(['atlas', '--output', output, '--base-url', 'https://a.example/x'], { build });
  await make('site');
  const page = join(world.root, 'site', 'release', `${release}.html`);
  const inode = statSync(page).ino;
  rmSync(join(world.root, 'releases', 'v1-30-eks-7.lock.yaml'));
  const ran = await make('site');
  assert.match(ran.stdout, /^site: 1 release, .* of them new\./);
  assert.not.ok(existsSync(join(world.root, 'site', 'release', 'v1-30-eks-7.html')));
  assert.is.not(statSync(page).ino, inode, 'it named what came after it');
  await make('fresh');
  assert.equal(filesIn(join(world.root, 'site')), filesIn(join(world.root, 'fresh')));
});

test('a page that was edited is made anew', async ({ world }) => {
  const build = 'b'.repeat(64);
  const page = join(world.root, 'site', 'release', `${release}.html`);
  await world.run(['atlas', '--output', 'site'], { build });
  const text = readFileSync(page, 'utf8');
  writeFileSync(page, text.replace('identical', 'different'));
  const ran = await world.run(['atlas', '--output', 'site'], { build });
  assert.match(ran.stdout, ', 1 of them new.');
  assert.is(readFileSync(page, 'utf8'), text);
});

test('a folder with anything else in it is refused, and left as it is', async ({ world }) => {
  mkdirSync(join(world.root, 'mine'));
  writeFileSync(join(world.root, 'mine', 'index.json'), '{}\n');
  const foreign = await world.run(['atlas', '--output', 'mine']);
  assert.equal(
    [foreign.code, foreign.stderr],
    [
      2,
      'mine is not empty, and holds no atlas.\nName a folder that is not there yet, or is empty, or holds an atlas that was made here.\n',
    ],
  );
  await world.run(['atlas', '--output', 'site']);
  writeFileSync(join(world.root, 'site', 'notes.txt'), 'mine\n');
  const added = await world.run(['atlas', '--output', 'site']);
  assert.is(added.code, 2);
  assert.match(added.stderr, 'site holds notes.txt, which is no part of the atlas and would be lost.');
  assert.is(readFileSync(join(world.root, 'site', 'notes.txt'), 'utf8'), 'mine\n');
});

test('two builds that begin with the same digits are named, and are no one page', async ({ world }) => {
  const path = join(world.root, 'records', `${release}.jsonl`);
  const text = readFileSync(path, 'utf8');
  const [build = '', other = ''] = new Set(
    [...text.matchAll(/"build":"([0-9a-f]{64})"/g)].map((each) => each[1]),
  );
  const forged = build.slice(0, 20) + other.slice(20);
  assert.is(forged.length, 64);
  writeFileSync(path, text.replaceAll(other, forged));
  const ran = await world.run(['atlas', '--output', 'site']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, 'begin with the same 20 digits');
  assert.ok(ran.stderr.includes(forged) && ran.stderr.includes(build));
  assert.not.ok(existsSync(join(world.root, 'site')));
});

test('words that cannot be followed are refused', async ({ world }) => {
  const refused = async (...words: readonly string[]) => {
    const ran = await world.run(['atlas', '--output', 'site', ...words]);
    assert.is(ran.code, 2);
    return ran.stderr;
  };
  assert.match(await refused('--base-url', 'ftp://a.example'), 'does not begin with http:// or https://');
  assert.match(await refused('--records', 'nowhere'), 'nowhere holds no records.');
  const address = 'https://someone:s3cret-words@a.example/x';
  assert.match(await refused('--base-url', address), /^--base-url holds a user name or a password/);
  assert.match(await refused(`--base-url=${address.replace(':s3cret-words', '')}`), '--base-url holds');
  assert.not.ok(existsSync(join(world.root, 'site')));
});

test('a lock or a record that cannot be read is named, shown as not known, and ends nothing', async ({
  world,
}) => {
  const records = join(world.root, 'records', `${release}.jsonl`);
  const lines = readFileSync(records, 'utf8').split('\n');
  const spoilt = JSON.parse(lines[1] ?? '');
  writeFileSync(records, [lines[0], '{"schema":1}', ...lines.slice(2)].join('\n'));
  const lock = join(world.root, 'releases', 'v1-30-eks-7.lock.yaml');
  writeFileSync(lock, readFileSync(lock, 'utf8').replace('number: 7', 'number: 8'));
  for (const words of [
    ['atlas', '--output', 'site'],
    ['lookup', spoilt.expected],
  ]) {
    const ran = await world.run(words);
    assert.is(ran.code, 0, ran.stderr);
    assert.match(ran.stderr, `records/${release}.jsonl:2`);
    assert.match(ran.stderr, 'releases/v1-30-eks-7.lock.yaml:');
  }
  const known = json(world, `release/${release}.json`);
  assert.equal(known.counts, { identical: 5, comparable: 5, all: 7, unknown: 1 });
  assert.equal(known.troubles?.length, 1);
  const files = known.projects.flatMap(({ files }: { files: readonly object[] }) => files);
  const unknown = files.find(
    ({ name, platform }: typeof spoilt) => name === spoilt.name && platform === spoilt.platform,
  );
  assert.equal([unknown.expected, unknown.verdict], [spoilt.expected, undefined]);
  const broken = json(world, 'release/v1-30-eks-7.json');
  assert.equal([broken.counts.all, broken.projects, broken.changes], [0, [], undefined]);
  const page = readFileSync(join(world.root, 'site', 'release', 'v1-30-eks-7.html'), 'utf8');
  assert.match(
    page,
    'Its lock could not be read when this was made: what was recorded of its files is not shown.',
  );
  assert.not.match([...filesIn(join(world.root, 'site')).values()].join(''), world.root);
});

test('how a build is done again is on its page, and a page of which nothing changed is not made anew', async ({
  world,
}) => {
  const build = 'b'.repeat(64);
  const make = () => world.run(['atlas', '--output', 'site'], { build });
  await make();
  const [digest] = json(world, `release/${release}.json`).projects.flatMap(
    ({ builds }: { builds: readonly string[] }) => builds,
  );
  const place = `build/${digest.slice(0, 20)}`;
  const { steps, project, files } = json(world, `${place}.json`);
  assert.equal([steps.release, steps.confirmed, steps.runs], [release, 'yes', true]);
  const text = (path: string) => readFileSync(join(world.root, 'site', path), 'utf8');
  const script = text(`script/${steps.script.slice(0, 20)}.sh`);
  assert.is(digestOf(script), steps.script);
  const planned = await world.run(['plan', release, '--project', project, '--commands']);
  const flagsIn = (commands: string) => /go build (.*?) -ldflags/.exec(joined(commands))?.[1];
  assert.type(flagsIn(script), 'string');
  assert.is(flagsIn(script), flagsIn(planned.stdout));
  for (const { expected, platform, name } of files)
    assert.match(text(`${place}.values`), `${expected}  ${platform}/${name}`);
  const records = join(world.root, 'records', `${release}.jsonl`);
  writeFileSync(records, readFileSync(records, 'utf8').replace(/^.*"project":"org\/kit".*\n/m, ''));
  const pages = [`${place}.html`, 'index.html', 'release/v1-30-eks-7.html', `release/${release}.html`];
  const inodes = () => pages.map((page) => statSync(join(world.root, 'site', page)).ino);
  const before = inodes();
  const ran = await make();
  assert.match(ran.stdout, /, [0-9]+ of them new\./);
  const isSame = inodes().map((inode, at) => inode === before[at]);
  assert.equal(isSame, [project !== 'org/kit', false, true, false]);
});

test('what was accepted for a release counts, and a recipe that cannot be read is that of its project alone', async ({
  world,
}) => {
  const scriptsOf = async () => {
    const made = await world.run(['atlas', '--output', 'site']);
    const { projects } = json(world, `release/${release}.json`);
    type Named = { readonly name: string; readonly builds: readonly string[] };
    const scripts = projects.flatMap(({ name, builds }: Named) =>
      builds.map((digest) => {
        const { steps } = json(world, `build/${digest.slice(0, 20)}.json`);
        const place = steps && join(world.root, 'site', 'script', `${steps.script.slice(0, 20)}.sh`);
        return [name, { confirmed: steps?.confirmed, text: place && readFileSync(place, 'utf8') }] as const;
      }),
    );
    return { made, of: Object.fromEntries(scripts) };
  };
  const { of: plain } = await scriptsOf();
  assert.equal([plain['org/kit'].confirmed, plain['org/tool'].confirmed], ['yes', 'yes']);
  assert.not.match(joined(plain['org/tool'].text), /GOAMD64=v3/);
  const overlay = join(world.root, 'releases', `${release}.overlay.yaml`);
  const override = { environment: { GOAMD64: 'v3' } };
  const projects = { 'org/tool': { because: 'a newer processor', files: [], override } };
  writeFileSync(overlay, JSON.stringify({ schema: 1, release, projects }));
  const { of: accepted } = await scriptsOf();
  assert.match(joined(accepted['org/tool'].text), /GOAMD64=v3/);
  assert.equal([accepted['org/kit'].confirmed, accepted['org/tool'].confirmed], ['yes', 'no']);
  assert.is(accepted['org/kit'].text, plain['org/kit'].text);

  writeFileSync(overlay, 'x: [');
  const unread = await scriptsOf();
  assert.is(unread.made.code, 0);
  assert.match(unread.made.stderr, /v1-30-eks-5\.overlay\.yaml/);
  assert.is(unread.of['org/tool'].text, undefined);
  rmSync(overlay);

  writeFileSync(join(world.root, 'projects/org/tool/project.yaml'), 'x: [');
  const { made, of } = await scriptsOf();
  assert.is(made.code, 0);
  assert.match(made.stderr, /projects\/org\/tool\/project\.yaml/);
  assert.is(of['org/tool'].text, undefined);
  assert.is(of['org/kit'].text, plain['org/kit'].text);
});

test('a file is looked up by itself or by its SHA-256', async ({ world }) => {
  await world.run(['atlas', '--output', 'site']);
  const { projects } = json(world, 'release/v1-30-eks-7.json');
  const kit = projects.find(({ name }: { name: string }) => name === 'org/kit');
  const [{ name, expected, platform }] = kit.files;
  const found = await world.run(['lookup', expected]);
  assert.is(found.code, 0, found.stderr);
  assert.equal(
    found.stdout.split('\n').filter((line: string) => !line.includes('build ')),
    [
      `${name} for ${platform}, of org/kit v2.0.0: not known yet`,
      '  as published',
      '  1 release: v1-30-eks-7',
      '',
      `${name} for ${platform}, of org/kit v2.0.0: identical`,
      '  as published',
      `  1 release: ${release}`,
      '',
    ],
  );
  writeFileSync(join(world.root, 'strange'), 'nobody has this\n');
  const strange = await world.run(['lookup', 'strange', '--json']);
  assert.is(strange.code, 5);
  assert.equal(JSON.parse(strange.stdout), { schema: 1, sha256: digestOf('nobody has this\n'), as: [] });
  const missing = await world.run(['lookup', 'nothing']);
  assert.is(missing.code, 2);
  assert.match(missing.stderr, /^nothing /);
});

test.run();
