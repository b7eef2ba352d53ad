import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { err, ok } from '../../orchestrator/core/result.ts';
import { claim } from '../../orchestrator/store/claim.ts';
import { layoutOf } from '../../orchestrator/store/layout.ts';
import { decodedOnce } from '../../orchestrator/workspace/decoded.ts';
import { testHost } from '../rig/host.ts';
import { suite } from '../rig/suite.ts';
import { unprivileged } from '../rig/unprivileged.ts';

const test = suite<{ cache: string }>('decoded');

const host = testHost({ cwd: '/', packageFolder: '/', env: {} });

test.before.each((context) => {
  context.cache = join(mkdtempSync(join(tmpdir(), 'decoded-')), 'cache');
  claim(layoutOf(context.cache), '1-0');
});

test.after.each(({ cache }) => rmSync(join(cache, '..'), { recursive: true }));

interface Asked {
  readonly text?: string;
  readonly as?: string;
  readonly host?: object;
  readonly value?: unknown;
  readonly isOf?: (value: unknown) => boolean;
}

/** Whether it was decoded, and what it came to. */
async function ask(cache: string, asked: Asked = {}): Promise<readonly [boolean, unknown]> {
  const { text = 'text', as = 'kind', value = { text }, isOf = () => true } = asked;
  let isDecoded = false;
  const decode = async () => {
    isDecoded = true;
    return ok(value);
  };
  const result = await decodedOnce(text, { as, decode, isOf }, { cache }, { ...host, ...asked.host });
  return [isDecoded, result.ok ? result.value : undefined];
}

function entryOf(cache: string): string {
  const [name = '', ...others] = readdirSync(join(cache, 'decoded'));
  assert.equal(others, []);
  return join(cache, 'decoded', name);
}

test('the same text is decoded once, by one program for one user', async ({ cache }) => {
  assert.equal(await ask(cache), [true, { text: 'text' }]);
  assert.equal(await ask(cache), [false, { text: 'text' }]);
  assert.equal(await ask(cache, { host: { pid: 1 } }), [false, { text: 'text' }]);
  for (const other of [{ text: 'other' }, { as: 'other' }, { host: { build: 'b' } }]) {
    assert.is((await ask(cache, other))[0], true);
    assert.is((await ask(cache, other))[0], false);
  }
  // What another user wrote is not this one's, whatever its name.
  for (let time = 0; time < 2; time += 1) {
    assert.is((await ask(cache, { host: { uid: 4321 } }))[0], true);
  }
});

test('a program that is not built, or a system without users, keeps nothing', async ({ cache }) => {
  for (const other of [{ build: undefined }, { uid: undefined }]) {
    assert.is((await ask(cache, { host: other }))[0], true);
  }
  assert.not.ok(existsSync(join(cache, 'decoded')));
});

test('no cache is made for it, and nothing is put into what is not ours', async ({ cache }) => {
  rmSync(cache, { recursive: true });
  assert.is((await ask(cache))[0], true);
  assert.not.ok(existsSync(cache));
  mkdirSync(join(cache, 'theirs'), { recursive: true });
  assert.is((await ask(cache))[0], true);
  assert.equal(readdirSync(cache), ['theirs']);
});

test('what there is a complaint about is not kept', async ({ cache }) => {
  let complaints = 0;
  const decode = async () => {
    complaints += 1;
    return err('wrong');
  };
  for (const time of [1, 2]) {
    assert.equal(await decodedOnce('text', { as: 'kind', decode }, { cache }, host), err('wrong'));
    assert.is(complaints, time);
  }
  assert.not.ok(existsSync(join(cache, 'decoded')));
});

test('what JSON says otherwise is not kept', async ({ cache }) => {
  for (const value of [new Map([[1, 2]]), { a: undefined }, new Date(0), [Number.NaN]]) {
    assert.equal(await ask(cache, { value }), [true, value]);
  }
  assert.not.ok(existsSync(join(cache, 'decoded')));
});

const changes: Readonly<Record<string, (entry: string) => void>> = {
  'a torn one': (entry) => writeFileSync(entry, readFileSync(entry).subarray(0, 70)),
  'an empty one': (entry) => writeFileSync(entry, ''),
  'a changed one': (entry) => writeFileSync(entry, readFileSync(entry, 'utf8').replace('text"}', 'evil"}')),
  'one without a digest': (entry) => writeFileSync(entry, '{"text":"evil"}'),
  'one that others can write': (entry) => chmodSync(entry, 0o620),
  'a link': (entry) => {
    renameSync(entry, `${entry}.there`);
    symlinkSync(`${entry}.there`, entry);
  },
  'a folder': (entry) => {
    rmSync(entry);
    mkdirSync(entry);
  },
  'a pipe': (entry) => {
    rmSync(entry);
    execFileSync('mkfifo', ['-m', '600', entry]);
  },
};

for (const [what, change] of Object.entries(changes)) {
  test(`${what} is passed over`, async ({ cache }) => {
    await ask(cache);
    const entry = entryOf(cache);
    change(entry);
    assert.equal(await ask(cache), [true, { text: 'text' }]);
    // Nothing takes a folder away but a person.
    assert.is((await ask(cache))[0], what === 'a folder');
  });
}

test('one that belongs elsewhere, or does not fit the text, is passed over', async ({ cache }) => {
  await ask(cache);
  const entry = entryOf(cache);
  renameSync(entry, `${cache}-text`);
  await ask(cache, { text: 'other' });
  renameSync(`${cache}-text`, entryOf(cache));
  assert.equal(await ask(cache, { text: 'other' }), [true, { text: 'other' }]);
  assert.is((await ask(cache, { text: 'other', isOf: () => false }))[0], true);
});

test('a cache that cannot be written is no trouble, and nothing is written through a link', async ({
  cache,
}) => {
  const elsewhere = `${cache}-elsewhere`;
  mkdirSync(elsewhere);
  symlinkSync(elsewhere, join(cache, 'decoded'));
  assert.is((await ask(cache))[0], true);
  assert.equal(readdirSync(elsewhere), []);
  writeFileSync(`${cache}-file`, '');
  assert.is((await ask(`${cache}-file`))[0], true);
  const folder = `${cache}-closed`;
  claim(layoutOf(folder), '1-0');
  await unprivileged(dirname(folder), async () => {
    chmodSync(folder, 0o555);
    assert.is((await ask(folder))[0], true);
    assert.equal(readdirSync(folder), ['version']);
    chmodSync(folder, 0o755);
  });
});

test.run();
