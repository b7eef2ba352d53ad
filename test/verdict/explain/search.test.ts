import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { again, type SearchOptions, search } from '../../../orchestrator/verdict/explain/search.ts';
import type { Variant } from '../../../orchestrator/verdict/explain/variant.ts';

const stamp: Variant = { rule: 'stamp', what: 'stamp', override: { stamp: 'clean' }, weight: 3, cost: 1 };
const modules: Variant = {
  rule: 'modules',
  what: 'modules',
  override: { modules: 'vendor' },
  weight: 2,
  cost: 1,
};
const paths: Variant = { rule: 'paths', what: 'paths', override: { trimpath: 'no' }, weight: 1, cost: 1 };

/** Searches where upstream's files are those of these overrides, and a build takes a second. */
function searchFor(truth: Readonly<Record<string, object>>, given: Partial<SearchOptions> = {}) {
  let now = 0;
  const digest = (name: string, override: object) =>
    digestOf(`${name} ${JSON.stringify(Object.entries(override).sort())}`);
  return search({
    wanted: new Map(Object.entries(truth).map(([name, override]) => [name, digest(name, override)])),
    ours: new Map(Object.keys(truth).map((name) => [name, digest(name, {})])),
    variants: [paths, modules, stamp],
    async build({ override }) {
      now += 1000;
      return new Map(Object.keys(truth).map((name) => [name, digest(name, override)]));
    },
    budget: 60_000,
    clock: () => now,
    signal: new AbortController().signal,
    ...given,
  });
}

test('it ends with the first that gives the published file, and says what it tried', async () => {
  const { found, tried } = await searchFor({ tool: modules.override });
  assert.is(found.get('tool'), modules);
  assert.equal(tried, [
    { rule: 'stamp', what: 'stamp', result: 'different' },
    { rule: 'modules', what: 'modules', result: 'published' },
  ]);
});

test('files may have causes of their own', async () => {
  const { found, tried } = await searchFor({ one: paths.override, two: stamp.override });
  assert.equal([found.get('one'), found.get('two')], [paths, stamp]);
  assert.equal(
    tried.map(({ what }) => what),
    ['stamp', 'modules', again.what, 'paths'],
  );
});

test('what has its cause is not built again for the others', async () => {
  const asked: string[] = [];
  await searchFor(
    { one: paths.override, two: stamp.override },
    {
      build: async ({ what, override }, names) => {
        asked.push(`${what}: ${[...names].join(' ')}`);
        return new Map(
          [...names].map((name) => [name, digestOf(`${name} ${JSON.stringify(Object.entries(override))}`)]),
        );
      },
    },
  );
  assert.equal(asked, ['stamp: one two', 'modules: one', `${again.what}: one`, 'paths: one']);
});

test('two causes at once are found after each alone', async () => {
  const { found, tried } = await searchFor({ tool: { ...stamp.override, ...paths.override } });
  assert.equal(found.get('tool')?.override, { stamp: 'clean', trimpath: 'no' });
  assert.equal(
    tried.map(({ what }) => what),
    ['stamp', 'modules', again.what, 'paths', 'stamp and modules', 'stamp and paths'],
  );
});

test('nothing is found where nothing fits, and it says whether there was time for all', async () => {
  const unknown = { tool: { other: 'thing' } };
  assert.equal((await searchFor(unknown)).exhausted, true);
  const short = await searchFor(unknown, { budget: 1500 });
  assert.equal([short.tried.length, short.exhausted, short.found.size], [2, false, 0]);
  const aborted = await searchFor(unknown, { signal: AbortSignal.abort() });
  assert.equal(aborted.tried, []);
});

test('what cannot be built is said, and not tried with others', async () => {
  const { tried } = await searchFor(
    {},
    {
      wanted: new Map([['tool', digestOf('x')]]),
      build: async ({ override }) => (override.stamp === undefined ? new Map() : undefined),
    },
  );
  assert.equal(
    tried.map(({ what, result }) => `${what}: ${result}`),
    [
      'stamp: failed',
      'modules: different',
      `${again.what}: different`,
      'paths: different',
      'modules and paths: different',
    ],
  );
});

test('a build of which two differ is not looked into further', async () => {
  const { found, unstable, tried } = await searchFor(
    { tool: { other: 'thing' } },
    { build: async (variant) => new Map([['tool', digestOf(variant === again ? 'once' : 'more')]]) },
  );
  assert.equal(
    [found.size, unstable.get('tool'), tried.at(-1)?.rule],
    [0, digestOf('once'), 'nondeterministic'],
  );
});

test.run();
