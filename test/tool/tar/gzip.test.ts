import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { writeGzip } from '../../../orchestrator/tool/tar/gzip.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('gzip');
test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'gzip-'));
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

/** Text, what does not get smaller, and zeros, by a generator of its own: the same everywhere. */
function sample(length: number): Buffer {
  const bytes = Buffer.alloc(length);
  let state = 1;
  for (let at = 0; at < length; at += 1) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    const part = (at >> 16) % 3;
    bytes[at] = part === 0 ? 97 + ((state >>> 16) % 7) : part === 1 ? state >>> 24 : 0;
  }
  return bytes;
}

async function* inPieces(content: Buffer, size: number) {
  for (let at = 0; at < content.length; at += size) yield content.subarray(at, at + size);
}

async function compress(folder: string, content: Buffer, size: number): Promise<Buffer> {
  const file = join(folder, `${size}.gz`);
  const written = await writeGzip(inPieces(content, size), file, { signal: new AbortController().signal });
  assert.equal(written, { ok: true, value: undefined });
  return readFileSync(file);
}

test('gzip reads it back, and its header says neither name nor time', async ({ folder }) => {
  const content = sample(1_300_000);
  const packed = await compress(folder, content, 65_536);
  const file = join(folder, '65536.gz');
  const options = { maxBuffer: 2 ** 24 };
  assert.ok(execFileSync('gzip', ['-dc', file], options).equals(content));
  const [, row = ''] = execFileSync('gzip', ['-l', file], { encoding: 'utf8' }).trimEnd().split('\n');
  assert.equal(row.trim().split(/ +/).slice(0, 2), [String(packed.length), String(content.length)]);
  // RFC 1952: magic, deflate, no flags, no time, no extra flags, Unix.
  assert.is(packed.subarray(0, 10).toString('hex'), '1f8b0800000000000003');
});

test('however the stream is cut', async ({ folder }) => {
  const content = sample(1_150_000);
  const one = await compress(folder, content, content.length);
  for (const size of [65_536, 1_048_575, 1_048_577]) {
    assert.ok((await compress(folder, content, size)).equals(one), `in pieces of ${size}`);
  }
});

test('nothing, and a piece exactly', async ({ folder }) => {
  for (const length of [0, 1, 1_048_576]) {
    const content = sample(length);
    await compress(folder, content, 4096 + length);
    assert.ok(
      execFileSync('gzip', ['-dc', join(folder, `${4096 + length}.gz`)], { maxBuffer: 2 ** 24 }).equals(
        content,
      ),
    );
  }
});

test('these very bytes: where they change, the recipe of the tasks that pack is raised', async ({
  folder,
}) => {
  const packed = await compress(folder, sample(1_300_000), 65_536);
  assert.is(digestOf(packed), '03d595f288fec48804877827da1a9bc440f35c4aeffd38d5e0bf6458545bacb1');
});

test('an end in the middle is told as that', async ({ folder }) => {
  const controller = new AbortController();
  async function* endless() {
    for (;;) {
      controller.abort();
      yield sample(1_048_576);
    }
  }
  const written = await writeGzip(endless(), join(folder, 'a.gz'), { signal: controller.signal });
  assert.equal(written, { ok: false, error: { reason: 'aborted' } });
});

test.run();
