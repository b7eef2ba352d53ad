import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import type { OciDigest } from '../../../orchestrator/core/oci.ts';
import { err, ok } from '../../../orchestrator/core/result.ts';
import { withLastAnswer } from '../../../orchestrator/run/wiring/last-answer.ts';
import { testHost } from '../../rig/host.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('what a tag pointed at last');

test.before.each((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'tags-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

const digest = `sha256:${'a'.repeat(64)}` as OciDigest;
const reference = { host: 'public.ecr.aws', repository: 'amazonlinux/amazonlinux', tag: '2' };
const away: Failure = { reason: 'network', what: 'looking for amazonlinux:2', detail: 'no such host' };
const day = 86_400_000;

/** Asks a registry that answers so, so many days later. */
async function ask(folder: string, answer: Failure | OciDigest, days: number, of = reference) {
  let said = '';
  const write = (text: string) => {
    said += text;
  };
  const stderr = { write, draw: write, isTerminal: false, columns: 100, rows: 24, hasColours: false };
  const host = testHost({ cwd: folder, packageFolder: folder, env: {}, stderr, now: () => days * day });
  const resolve = withLastAnswer(
    async () => (typeof answer === 'string' ? ok(answer) : err(answer)),
    folder,
    host,
  );
  return { got: await resolve(of), said };
}

test('counts where the registry is out of reach, and how old it is is said', async ({ folder }) => {
  assert.equal(await ask(folder, away, 1), { got: err(away), said: '' });
  assert.equal(await ask(folder, digest, 2), { got: ok(digest), said: '' });
  const later = await ask(folder, away, 12.5);
  assert.equal(later.got, ok(digest));
  assert.match(
    later.said,
    /no such host.*\npublic\.ecr\.aws\/amazonlinux\/amazonlinux:2 is taken for what it was 10 days ago: sha256:a{64}\n/,
  );
  assert.match((await ask(folder, away, 2.1)).said, 'less than a day ago');
  assert.equal((await ask(folder, away, 3, { ...reference, tag: '2023' })).got, err(away));
});

test('but not against what the registry says itself', async ({ folder }) => {
  await ask(folder, digest, 1);
  const gone: Failure = { reason: 'usage', message: 'There is no such tag.', help: '' };
  assert.equal((await ask(folder, gone, 2)).got, err(gone));
});

test.run();
