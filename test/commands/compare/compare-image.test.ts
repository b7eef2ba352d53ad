import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compareCommand, runCompare } from '../../rig/compare-command.ts';
import { type ImageContent, writeImageLayout } from '../../rig/image-layout.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('compare image command');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'compare-command-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

const amd64: ImageContent = { layers: [[{ path: 'file', content: 'x' }]] };
const arm64: ImageContent = { ...amd64, architecture: 'arm64' };
const other: ImageContent = { ...arm64, config: { User: '1' } };

test('every platform that both have, and those of one only', async ({ folder }) => {
  writeImageLayout(join(folder, 'a'), amd64, arm64);
  writeImageLayout(join(folder, 'b'), amd64, other);
  writeImageLayout(join(folder, 'c'), amd64);
  const both = await compareCommand(folder, 'a', 'b');
  assert.is(both.code, 1);
  assert.equal(
    both.json.platforms.map(({ platform, verdict }) => [platform, verdict]),
    [
      ['linux/amd64', 'identical'],
      ['linux/arm64', 'different'],
    ],
  );
  const wanted = await compareCommand(folder, 'a', 'b', ['linux/amd64']);
  assert.equal([wanted.code, wanted.json.verdict], [0, 'identical']);
  const alone = await compareCommand(folder, 'c', 'a');
  assert.equal([alone.code, alone.json.onlyInA, alone.json.onlyInB], [1, [], ['linux/arm64']]);
  assert.match(alone.text, '\nonly a has linux/arm64\n');
});

test('versions of Windows are told apart, months of one are not', async ({ folder }) => {
  const windows = (version: string, path: string): ImageContent => ({
    os: 'windows',
    layers: [[{ path, content: '' }]],
    others: { 'os.version': version },
  });
  writeImageLayout(join(folder, 'a'), windows('10.0.17763.5576', 'x'), windows('10.0.20348.1', 'y'));
  writeImageLayout(join(folder, 'b'), windows('10.0.20348.1', 'y'), windows('10.0.17763.5000', 'x'));
  const { json } = await compareCommand(folder, 'a', 'b');
  assert.equal(
    json.platforms.map(({ platform, config, files }) => [platform, config.map(({ field }) => field), files]),
    [
      ['windows/amd64 10.0.17763', ['os.version'], []],
      ['windows/amd64 10.0.20348', [], []],
    ],
  );
});

test('what cannot be compared', async ({ folder }) => {
  writeImageLayout(join(folder, 'a'), amd64);
  writeImageLayout(join(folder, 'twice'), amd64, { ...amd64, config: { User: '1' } });
  const why = async (a: string, b: string, platform?: readonly string[]) => {
    const { code, stdout, stderr } = await runCompare(folder, a, b, { platform });
    assert.equal([code, stdout], [2, '']);
    return stderr;
  };
  assert.match(await why('a', 'nowhere'), 'Cannot read an image from nowhere.');
  assert.match(await why('a', 'twice'), 'twice holds several images for linux/amd64.');
  assert.match(await why('a', 'a', ['linux/arm64']), /linux\/arm64[\s\S]*a is for linux\/amd64\./);
});

test('names in an image move no cursor', async ({ folder }) => {
  writeImageLayout(join(folder, 'a'), amd64);
  writeImageLayout(join(folder, 'b'), {
    layers: [[...(amd64.layers?.[0] ?? []), { path: 'bad\u001b[2Jname\n', content: '' }]],
  });
  const { text } = await compareCommand(folder, 'a', 'b');
  assert.match(text, '    + /bad\\u001b[2Jname\\u000a\n');
});

test.run();
