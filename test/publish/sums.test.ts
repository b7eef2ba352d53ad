import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sumFiles } from '../../orchestrator/publish/sums.ts';
import { sha256, sha512 } from '../rig/manifests.ts';

const contents: Readonly<Record<string, string>> = {
  'widget/v1.0.0/widget-src.tar.gz': 'src',
  'widget/v1.0.0/bin/linux/amd64/widget': 'widget',
  'gadget/v2.0.0/gadget-linux-amd64-v2.0.0.tar.gz': 'gadget',
};
const files = Object.entries(contents).map(([path, content]) => {
  return { path, sha256: sha256(content), sha512: sha512(content) };
});

test('two sums beside each file, and in each folder two lists of all, with sums of their own', () => {
  const lists = ['SHA256SUM', 'SHA512SUM'].flatMap((name) => [name, `${name}.sha256`, `${name}.sha512`]);
  const wanted = [
    ...Object.keys(contents).flatMap((path) => [`${path}.sha256`, `${path}.sha512`]),
    ...['widget/v1.0.0', 'gadget/v2.0.0'].flatMap((folder) => lists.map((name) => `${folder}/${name}`)),
  ];
  const texts = sumFiles(files);
  assert.equal([...texts.keys()].sort(), wanted.sort());
  assert.is(
    texts.get('widget/v1.0.0/bin/linux/amd64/widget.sha256'),
    `${sha256('widget')}  bin/linux/amd64/widget\n`,
  );
  assert.is(
    texts.get('widget/v1.0.0/SHA512SUM'),
    `${sha512('widget')}  bin/linux/amd64/widget\n${sha512('src')}  widget-src.tar.gz\n`,
  );
  assert.equal([...sumFiles([...files].reverse())].sort(), [...texts].sort());
});

test('coreutils check every one of them in the folder of its version', () => {
  const folder = mkdtempSync(join(tmpdir(), 'eksd-sums-'));
  try {
    const texts = sumFiles(files);
    for (const [path, text] of [...texts, ...Object.entries(contents)]) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    for (const path of texts.keys()) {
      const program = /\.?(sha|SHA)256(SUM)?$/.test(path) ? 'sha256sum' : 'sha512sum';
      const [component = '', version = ''] = path.split('/');
      const cwd = join(folder, component, version);
      execFileSync(program, ['--strict', '--quiet', '-c', join(folder, path)], { cwd });
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test.run();
