import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { goCalls, onGo } from '../rig/fake-go.ts';
import { suite } from '../rig/suite.ts';
import { type World, warmWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World; output: string }>('build');

test.before(async (context) => {
  context.world = await warmWorld();
  context.output = join(context.world.folder, 'built');
});

const files = [
  '_output/1-30/bin/kit/linux-amd64/hammer',
  '_output/1-30/bin/kit/linux-amd64/saw',
  '_output/1-30/bin/kit/windows-amd64/hammer.exe',
  '_output/1-30/bin/kit/windows-amd64/saw.exe',
  '_output/1-30/bin/tool/linux-amd64/tool',
  '_output/1-30/bin/tool/linux-arm64/tool',
];

function filesBelow(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

test("files are laid out as upstream's, with sums that sha256sum checks", async ({ world, output }) => {
  const ran = await world.run(['build', release, '--output', '../built']);
  assert.is(ran.code, 0);
  assert.match(ran.stderr, '6 files and SHA256SUMS in ../built\n');
  assert.equal(filesBelow(output), ['SHA256SUMS', ...files]);
  const checked = execFileSync('sha256sum', ['--strict', '-c', 'SHA256SUMS'], {
    cwd: output,
    encoding: 'utf8',
  });
  assert.equal(
    checked.trimEnd().split('\n'),
    files.map((file) => `${file}: OK`),
  );
  assert.is(statSync(join(output, files[0] ?? '')).mode & 0o777, 0o755);
  assert.is(statSync(join(output, files[0] ?? '')).nlink, 1, 'the store is not linked to');
  assert.match(readFileSync(join(output, files[5] ?? ''), 'utf8'), /^go1\.20\.5 linux\/arm64 /);
});

test('a second time, files that were changed or added meanwhile', async ({ world, output }) => {
  writeFileSync(join(output, files[0] ?? ''), 'changed');
  writeFileSync(join(output, files[4] ?? ''), 'changed');
  writeFileSync(join(output, 'mine'), 'mine');
  const ran = await world.run(['build', release, '--output', output, '--project', 'kit']);
  assert.is(ran.code, 0);
  assert.match(ran.stderr, 'Removed what an earlier build left there: 1 file.\n');
  assert.match(ran.stderr, `Left as they are, changed since an earlier build: ${files[4]}.\n`);
  assert.equal(filesBelow(output), ['SHA256SUMS', ...files.slice(0, 5), 'mine']);
  assert.not.ok(existsSync(join(output, files[5] ?? '', '..')), 'nor its folder');
  const sums = readFileSync(join(output, 'SHA256SUMS'), 'utf8').trimEnd().split('\n');
  assert.equal(
    sums.map((line) => line.slice(66)),
    files.slice(0, 4),
  );
  execFileSync('sha256sum', ['-c', '--quiet', 'SHA256SUMS'], { cwd: output });
});

test('sums that name what is outside, or below a link, take nothing away', async ({ world }) => {
  const [output, outside] = [join(world.folder, 'led'), join(world.folder, 'led-outside')];
  mkdirSync(join(output, '_output'), { recursive: true });
  mkdirSync(outside);
  writeFileSync(join(outside, 'kept'), 'kept');
  symlinkSync(outside, join(output, '_output', 'link'));
  const sha256 = createHash('sha256').update('kept').digest('hex');
  const names = [
    '_output/../../led-outside/kept',
    '_output/link/kept',
    '../led-outside/kept',
    '/etc/hostname',
  ];
  writeFileSync(join(output, 'SHA256SUMS'), names.map((name) => `${sha256}  ${name}\n`).join(''));
  const ran = await world.run(['build', release, '--output', output, '--project', 'kit']);
  assert.is(ran.code, 0, ran.stderr);
  assert.not.match(ran.stderr, 'Removed');
  assert.is(readFileSync(join(outside, 'kept'), 'utf8'), 'kept');
});

test('what failed is not there, and the rest is: 3', async ({ world }) => {
  onGo(world.folder, 'build', '[ $GOARCH = amd64 ] || exit 1');
  const ran = await world.run(['build', release, '--output', 'part', '--fresh', '--project', 'tool']);
  onGo(world.folder, 'build', ':');
  assert.is(ran.code, 3);
  assert.equal(filesBelow(join(world.root, 'part')), ['SHA256SUMS', files[4]]);
});

test('where nothing was built, nothing is touched: 3', async ({ world, output }) => {
  onGo(world.folder, 'build', 'exit 1');
  const before = readFileSync(join(output, 'SHA256SUMS'), 'utf8');
  for (const place of [output, join(world.folder, 'none')]) {
    const ran = await world.run(['build', release, '--output', place, '--fresh']);
    assert.is(ran.code, 3);
    assert.match(ran.stderr, 'No file was built: nothing is laid out in ');
  }
  onGo(world.folder, 'build', ':');
  assert.is(readFileSync(join(output, 'SHA256SUMS'), 'utf8'), before);
  assert.not.ok(readdirSync(world.folder).includes('none'));
});

test('a file or a dangling link for a folder is found before anything is built: 2', async ({ world }) => {
  writeFileSync(join(world.folder, 'file'), 'mine');
  symlinkSync('nowhere', join(world.folder, 'dangling'));
  const calls = goCalls(world.folder).length;
  for (const name of ['file', 'dangling', 'file/below']) {
    const ran = await world.run(['build', release, '--output', `../${name}`, '--fresh']);
    assert.equal([name, ran.code, ran.stdout], [name, 2, '']);
    assert.match(ran.stderr, /^Path "[a-z]+" in .*; it was not used\.\n$/);
  }
  assert.is(goCalls(world.folder).length, calls);
  assert.is(readFileSync(join(world.folder, 'file'), 'utf8'), 'mine');
});

test('a place below which the system makes no folder: 2, and an end', async ({ world }) => {
  const ran = await world.run(['build', release, '--output', '/proc/eksd/built', '--project', 'tool']);
  assert.is(ran.code, 2, ran.stderr);
  assert.match(ran.stderr, 'Path "eksd" in /proc cannot be written (ENOENT)');
});

test('a link among the files is neither followed nor lost: 2', async ({ world, output }) => {
  const outside = join(world.folder, 'outside');
  mkdirSync(outside);
  writeFileSync(join(outside, 'kept'), 'kept');
  const links = [
    ['_output', outside],
    ['_output/1-30/bin/tool/linux-arm64', outside],
    ['_output/1-30/bin/tool/linux-amd64/tool', join(outside, 'kept')],
    ['SHA256SUMS', join(outside, 'kept')],
  ] as const;
  for (const [path, target] of links) {
    rmSync(output, { recursive: true });
    mkdirSync(join(output, path, '..'), { recursive: true });
    symlinkSync(target, join(output, path));
    const ran = await world.run(['build', release, '--output', output, '--project', 'tool']);
    assert.equal([path, ran.code], [path, 2]);
    assert.match(ran.stderr, 'is a symbolic link; it was not used.\n');
    assert.is(readlinkSync(join(output, path)), target);
    assert.equal(filesBelow(outside), ['kept']);
  }
  assert.is(readFileSync(join(outside, 'kept'), 'utf8'), 'kept');
});

test('an output that is a link to a folder is what was asked for', async ({ world }) => {
  mkdirSync(join(world.folder, 'big'));
  symlinkSync('../big', join(world.root, 'dist'));
  const ran = await world.run(['build', release, '--output', 'dist/', '--platform', 'linux/arm64']);
  assert.is(ran.code, 0);
  assert.equal(filesBelow(join(world.folder, 'big')), ['SHA256SUMS', files[5]]);
});

test('a report whose place is taken by a link: 2, and the link stays', async ({ world }) => {
  const report = join(world.root, 'linked.json');
  symlinkSync(join(world.folder, 'outside', 'kept'), report);
  const ran = await world.run(['verify', release, '--report', 'linked.json', '--project', 'tool']);
  assert.is(ran.code, 2);
  assert.match(ran.stderr, 'Path "linked.json" in ');
  assert.is(readFileSync(report, 'utf8'), 'kept');
});

test.run();
