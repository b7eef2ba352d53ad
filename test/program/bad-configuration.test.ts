import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { goCalls } from '../rig/fake-go.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World, writeFiles } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('bad configuration');

test.before(async (context) => {
  context.world = await newWorld();
});

const lockFile = `releases/${release}.lock.yaml`;
const recipe = 'projects/org/tool/project.yaml';

/** Runs `verify` with another text in the place of a file, which is put back. It has to end with 2, and run nothing. */
async function complaintOf({ root, folder, run }: World, path: string, change: (text: string) => string) {
  const file = join(root, path);
  const before = readFileSync(file, 'utf8');
  const changed = change(before);
  assert.is.not(changed, before);
  writeFileSync(file, changed);
  const ran = await run(['verify', release]);
  assert.is(readFileSync(file, 'utf8'), changed, 'the file was not touched');
  writeFileSync(file, before);
  assert.equal([ran.code, ran.stdout], [2, '']);
  assert.equal(goCalls(folder), []);
  return ran.stderr;
}

/** A complaint about a line of a file: where, what, the line, and a squiggle under the place. */
function squiggled(path: string, line: number, text: string, part: string, message: string): string {
  const column = text.indexOf(part);
  const squiggle = ' '.repeat(column) + '~'.repeat(part.length);
  return `${path}:${line}:${column + 1}: error: ${message}\n    ${text}\n    ${squiggle}\n`;
}

test('malformed YAML in a lock, a recipe, the settings', async ({ world }) => {
  const lock = await complaintOf(world, lockFile, (text) => text.replace('projects:\n', 'projects: [\n'));
  const line = readFileSync(join(world.root, lockFile), 'utf8').split('\n').indexOf('projects:') + 1;
  assert.match(lock, new RegExp(`^${lockFile}:[0-9]+:[0-9]+: error: malformed YAML: `));
  assert.ok(Number(/:([0-9]+):/.exec(lock)?.[1]) >= line);
  const text = '  - programs: [';
  assert.match(
    await complaintOf(world, recipe, (before) => before.replace('  - programs:', text)),
    new RegExp(`^${recipe}:[0-9]+:[0-9]+: error: malformed YAML: `),
  );
  assert.match(
    await complaintOf(world, 'eksd-rebuild.yaml', (before) => `${before}cache: "open\n`),
    /^eksd-rebuild\.yaml:[67]:[0-9]+: error: malformed YAML: /,
  );
});

test('unknown fields, all of them at once', async ({ world }) => {
  const inRecipe = await complaintOf(world, recipe, (text) =>
    text.replace('    stamps:', '    stamp: {}\n    stamps:').replace('builds:', 'build: 1\nbuilds:'),
  );
  assert.is(
    inRecipe,
    squiggled(recipe, 7, '    stamp: {}', 'stamp', 'unknown field "stamp"') +
      '    Is "stamps" meant?\n' +
      squiggled(recipe, 3, 'build: 1', 'build', 'unknown field "build"') +
      '    Is "builds" meant?\n',
  );
  const inSettings = await complaintOf(world, 'eksd-rebuild.yaml', (text) => `${text}limit: 3\n`);
  assert.is(
    inSettings,
    `${squiggled('eksd-rebuild.yaml', 6, 'limit: 3', 'limit', 'unknown field "limit"')}    Is "limits" meant?\n`,
  );
  const inLock = await complaintOf(world, lockFile, (text) =>
    text.replace('number: ', 'colour: red\nnumber: '),
  );
  assert.match(inLock, `${lockFile}:`);
  assert.match(inLock, 'unknown field "colour"');
});

test('a lock that was edited by hand', async ({ world }) => {
  const complaint = await complaintOf(world, lockFile, (text) =>
    text.replace('version: 1.20.5', 'version: 1.20.6'),
  );
  assert.match(
    complaint,
    new RegExp(`^${lockFile}:4:9: error: the lock was edited by hand\n {4}digest: [0-9a-f]{64}\n`),
  );
  assert.match(complaint, /Its content has the digest [0-9a-f]{64}\. Import the release again/);
  const shorter = await complaintOf(world, lockFile, (text) =>
    text.replace(/commit: [0-9a-f]{40}/, 'commit: 1234'),
  );
  assert.match(shorter, /: error: .*expected a commit: 40 hexadecimal characters\n/);
});

test('a recipe whose values have no meaning', async ({ world }) => {
  const wrong: readonly (readonly [from: string, to: string, part: string, message: RegExp | string])[] = [
    ['./cmd/tool', '.', 'package: .', 'the package "." needs a name'],
    ["'{tag}'", "'{tagg}'", "'{tagg}'", /unknown placeholder \{tagg\}; there are \{tag\}, /],
    ['./cmd/tool', './cmd/*\n        name: x', 'x', 'a pattern makes several files, so it takes no name'],
    ['- programs', '- when: {version: one}\n    programs', 'one', '"one" is no semver range'],
    ['schema: 1', 'schema: 2', '2', 'this version reads project schema 1'],
    ['- programs', '- module: ../other\n    programs', '../other', 'the path leaves its folder'],
    ['./cmd/tool', '../tool', '../tool', 'the package leaves its folder'],
    ['./cmd/tool', './cmd/../../tool', './cmd/../../tool', 'the package leaves its folder'],
    ['./cmd/tool', '/etc/tool', '/etc/tool', 'the package is absolute'],
    ['./cmd/tool', '-toolexec=sh', '-toolexec=sh', 'the package is a flag'],
    [
      './cmd/tool',
      './cmd/tool\n        name: ../tool',
      '../tool',
      'expected the name of a file, such as etcdctl',
    ],
  ];
  for (const [from, to, part, message] of wrong) {
    const complaint = await complaintOf(world, recipe, (text) => text.replace(from, to));
    const [place = '', text = '', squiggle = ''] = complaint.split('\n');
    assert.match(place, new RegExp(`^${recipe}:[0-9]+:[0-9]+: error: `));
    assert.match(place, message);
    assert.is(text.slice(squiggle.indexOf('~'), squiggle.length), part);
  }
});

test('settings that are no settings', async ({ world }) => {
  const complaint = await complaintOf(
    world,
    'eksd-rebuild.yaml',
    (text) => `${text}limits:\n  builds: many\n`,
  );
  assert.is(
    complaint,
    squiggled(
      'eksd-rebuild.yaml',
      7,
      '  builds: many',
      'many',
      'limits.builds: expected a whole number from 1 to 9999: builds at once',
    ),
  );
});

test('settings of nothing but comments are none', async ({ world }) => {
  writeFiles(world.folder, { 'other/empty.yaml': '# cache: x\n\n' });
  assert.is((await world.run(['cache', 'size', '--settings', '../other/empty.yaml'])).code, 0);
});

test("the user's own settings, those of the root and those that are named, in this order", async ({
  world,
}) => {
  writeFiles(world.folder, {
    'home/.config/eksd-rebuild/settings.yaml': 'cache: ./from-home\nlimits: {network: 1, builds: 7}\n',
    'other/more.yaml': 'cache: ./from-option\n',
  });
  const { EKSD_REBUILD_CACHE: _, ...env } = world.host.env;
  const placeOf = async (...options: string[]) => {
    const ran = await world.run(['cache', 'size', ...options], { env });
    return ran.stdout.split('\n').at(-2)?.replace('in ', '').slice(world.folder.length);
  };
  assert.is(await placeOf(), '/home/.config/eksd-rebuild/from-home');
  assert.is(await placeOf('--settings', '../other/more.yaml'), '/other/from-option');
  assert.is(await placeOf('--settings', '../other/more.yaml', '--cache', '../here'), '/here');
});

test.run();
