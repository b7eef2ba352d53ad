import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { ensureFolder } from '../../../orchestrator/tool/file/ensure-folder.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('a folder that is to be there');
test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'folder-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

test('is made with those above it, and is no trouble where it is there', ({ folder }) => {
  ensureFolder(join(folder, 'a', 'b', 'c'));
  ensureFolder(join(folder, 'a', 'b', 'c'));
  ensureFolder(join(folder, 'a', '..', 'd'));
  assert.ok(statSync(join(folder, 'a', 'b', 'c')).isDirectory());
  assert.ok(existsSync(join(folder, 'd')));
});

test('cannot be made where a file is, or is in the way', ({ folder }) => {
  writeFileSync(join(folder, 'file'), '');
  assert.throws(() => ensureFolder(join(folder, 'file')), /EEXIST/);
  assert.throws(() => ensureFolder(join(folder, 'file', 'below')), /ENOTDIR/);
  mkdirSync(join(folder, 'there'));
  ensureFolder(join(folder, 'there'));
});

test('below /proc is refused at once, as every other mkdir is', () => {
  const url = fileURLToPath(new URL('../../../orchestrator/tool/file/ensure-folder.ts', import.meta.url));
  const script = `import(${JSON.stringify(url)}).then(({ ensureFolder }) => ensureFolder('/proc/nothing/below')).catch(({ code }) => console.log(code));`;
  const ran = spawnSync(process.execPath, ['--import', 'tsx', '-e', script], {
    encoding: 'utf8',
    timeout: 20_000,
  });
  assert.is(ran.stdout.trim(), 'ENOENT', ran.stderr);
});

test.run();
