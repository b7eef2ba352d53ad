import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { renderDiagnostic } from '../../../orchestrator/core/diagnostic.ts';
import { err, ok } from '../../../orchestrator/core/result.ts';
import {
  digestOfFile,
  listNames,
  readBytes,
  readSource,
  readText,
} from '../../../orchestrator/tool/file/read-file.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ at: (name: string) => string }>('files of others');

test.before.each((context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'read-file-'));
  defer(() => rmSync(folder, { recursive: true }));
  context.at = (name) => join(folder, name);
});

test('a file, by its name or by a link; nothing where nothing is', async ({ at }) => {
  writeFileSync(at('file'), 'text');
  symlinkSync('file', at('link'));
  for (const name of ['file', 'link']) {
    assert.equal(await readText(at(name), { limit: 4 }, name), ok('text'));
  }
  assert.equal(await readText(at('none'), { limit: 4 }, 'none'), ok(undefined));
  assert.equal(await readBytes(at('none/below'), { limit: 4 }), ok(undefined));
  assert.equal(await readBytes(at('link'), { limit: 4, refuseLink: true }), err('is a symbolic link'));
});

test('what is none is called what it is, and nobody waits at it', async ({ at }) => {
  mkdirSync(at('folder'));
  execFileSync('mkfifo', [at('pipe')]);
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('loop', at('loop'));
  writeFileSync(at('file'), '');
  const server = createServer().listen(at('socket'));
  await new Promise((resolve) => server.on('listening', resolve));
  const wrong = {
    folder: 'is a folder, and no file',
    pipe: 'is a pipe, and no file',
    socket: 'is a socket, and no file',
    dangling: 'is a symbolic link that leads nowhere',
    loop: 'is a symbolic link that leads back to itself',
    'file/below': 'lies below what is no folder',
  };
  for (const [name, why] of Object.entries(wrong)) {
    assert.equal(await readBytes(at(name), { limit: 10 }), err(why), name);
    assert.equal(await digestOfFile(at(name)), err(why), name);
    assert.is(await readSource(at(name)), '');
  }
  server.close();
  assert.equal(await readBytes('/dev/zero', { limit: 10 }), err('is a device, and no file'));
});

test('no more is read than a file may have, whatever it says of its size', async ({ at }) => {
  writeFileSync(at('file'), 'x'.repeat(2000));
  assert.ok((await readBytes(at('file'), { limit: 2000 })).ok);
  assert.equal(
    await readBytes(at('file'), { limit: 1999 }),
    err('has more than 1999 bytes, which none needs'),
  );
  truncateSync(at('file'), 2 ** 41);
  assert.equal(await readBytes(at('file'), { limit: 2 ** 20 }), err('has more than 1 MiB, which none needs'));
  // The system says that these have no bytes.
  const own = await readBytes('/proc/self/status', { limit: 2 ** 16 });
  assert.ok(own.ok && (own.value?.length ?? 0) > 100);
  assert.not.ok((await readBytes('/proc/self/status', { limit: 100 })).ok);
});

test('UTF-8 alone is text: the first byte that is none is shown where it stands', async ({ at }) => {
  const wrong: readonly (readonly [Buffer, string])[] = [
    [
      Buffer.from('a: b\n\tc: caf\xe9!\n', 'latin1'),
      'f:2:8: error: this is no UTF-8: byte 0xe9 at offset 12\n    \tc: caf\ufffd!\n    \t      ~',
    ],
    [
      Buffer.from([0x61, 0xc0, 0xaf]),
      'f:1:2: error: this is no UTF-8: byte 0xc0 at offset 1\n    a\ufffd\ufffd\n     ~',
    ],
    [
      Buffer.from([0xed, 0xa0, 0x80]),
      'f:1:1: error: this is no UTF-8: byte 0xed at offset 0\n    \ufffd\ufffd\ufffd\n    ~',
    ],
    [
      Buffer.from([0x0a, 0xf0, 0x9f, 0x98]),
      'f:2:1: error: this is no UTF-8: byte 0xf0 at offset 1\n    \ufffd\n    ~',
    ],
  ];
  for (const [content, said] of wrong) {
    writeFileSync(at('file'), content);
    const read = await readText(at('file'), { limit: 100 }, 'f');
    assert.is(read.ok ? '' : renderDiagnostic(read.error), said);
  }
  // A mark of the order of bytes is part of the text: its digest counts.
  for (const text of ['\ufeffa', '', '\0', '😀'.repeat(1000), 'é']) {
    writeFileSync(at('file'), text);
    assert.equal(await readText(at('file'), { limit: 10_000 }, 'f'), ok(text));
  }
});

test('the names in a folder, and why there are none', async ({ at }) => {
  mkdirSync(at('folder/x'), { recursive: true });
  writeFileSync(at('file'), 'text');
  symlinkSync('nowhere', at('dangling'));
  assert.equal(await listNames(at('folder')), ok(['x']));
  assert.equal(await listNames(at('none')), ok([]));
  assert.equal(await listNames(at('file')), err('is no folder'));
  assert.equal(await listNames(at('dangling')), err('is a symbolic link that leads nowhere'));
  const sha256 = createHash('sha256').update('text').digest('hex');
  assert.equal(await digestOfFile(at('file')), { ok: true, value: sha256 });
  assert.equal(await digestOfFile(at('none')), err('is not there'));
});

test.run();
