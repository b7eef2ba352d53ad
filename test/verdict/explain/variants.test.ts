import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectBuild } from '../../../orchestrator/config/project/project.ts';
import { asRelativePath } from '../../../orchestrator/core/relative-path.ts';
import { linkVariants, replacementsExist } from '../../../orchestrator/verdict/explain/link-variants.ts';
import { settingVariants } from '../../../orchestrator/verdict/explain/setting-variants.ts';
import { sourceVariants } from '../../../orchestrator/verdict/explain/source-variants.ts';
import {
  inOrder,
  mergeOverrides,
  pairsOf,
  type Variant,
} from '../../../orchestrator/verdict/explain/variant.ts';
import { samplePins } from '../../rig/pins.ts';

const build: ProjectBuild = {
  module: '.',
  programs: [{ package: './cmd/tool' }],
  stamps: { 'main.version': '{tag}', 'main.commit': '{commit.short}', 'main.built': '{head.date}' },
  flags: [],
};

const overrides = (variants: readonly Variant[]) => variants.map(({ override }) => override);

test('a link value is tried with every other placeholder that upstream has put there', () => {
  assert.ok(replacementsExist());
  const found = overrides(linkVariants([build]));
  const has = (stamps: Record<string, string>) =>
    found.some((override) => JSON.stringify(override) === JSON.stringify({ stamps }));
  assert.ok(has({ 'main.version': '{tag.bare}' }));
  assert.ok(has({ 'main.commit': '{commit.short:9}' }));
  assert.ok(has({ 'main.built': '{head.date.utc}' }));
  assert.not.ok(has({ 'main.commit': '{commit.short}' }));
  assert.ok(found.some(({ withoutStamps }) => withoutStamps?.[0] === 'main.commit'));
});

test('a placeholder is replaced in all stamps that hold it, and the text around it stays', () => {
  const stamps = { 'a.Version': 'v{tag.bare}', 'b.Version': '{tag.bare}' };
  const [first] = overrides(linkVariants([{ ...build, stamps }]));
  assert.equal(first, { stamps: { 'a.Version': 'v{tag}', 'b.Version': '{tag}' } });
});

const [one, two] = [asRelativePath('p/0001-a.patch'), asRelativePath('p/0002-b.patch')];

function locked(patches: readonly string[]) {
  const project = samplePins().projects['org/tool'];
  if (project === undefined) throw new Error('no such project');
  return { ...project, patches: patches.map((path) => ({ path, sha256: 'a'.repeat(64) })) } as never;
}

test('patches are left out one by one and all, and swapped; the stamp speaks of them only where git is in a program', () => {
  const found = overrides(sourceVariants(locked([one, two]), 21));
  for (const patches of [[one], [two], [], [two, one]])
    assert.ok(found.some((override) => JSON.stringify(override.patches) === JSON.stringify(patches)));
  assert.ok(found.some(({ stamp }) => stamp === 'absent'));
  assert.ok(found.some(({ patching }) => patching === 'uncommitted'));
  const old = overrides(sourceVariants(locked([one, two]), 17));
  assert.ok(old.every(({ stamp, patching, committer }) => !stamp && !patching && !committer));
  assert.equal(
    overrides(sourceVariants(locked([]), 21)).map(({ stamp }) => stamp),
    ['absent', 'clean'],
  );
});

test('settings are those that the platform and the Go version know', () => {
  const names = (platform: 'linux/amd64' | 'linux/arm64', minor: number) =>
    overrides(settingVariants([build], platform, `1.${minor}.3`, 'linux/amd64')).flatMap(
      ({ environment = {} }) => Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    );
  assert.equal(names('linux/amd64', 21), ['GOAMD64=v2', 'GOAMD64=v3', 'CGO_ENABLED=1']);
  assert.equal(names('linux/amd64', 17), ['CGO_ENABLED=1']);
  assert.equal(names('linux/arm64', 22), []);
  assert.equal(names('linux/arm64', 23), ['GOARM64=v8.1', 'GOARM64=v9.0']);
  const modules = (minor: number) =>
    overrides(settingVariants([build], 'linux/arm64', `1.${minor}.3`, 'linux/amd64')).find(
      (each) => each.modules,
    )?.modules;
  assert.equal([modules(13), modules(22), modules(23)], [undefined, 'vendor', 'cache']);
});

test('tags and the install suffix are taken away where they are, and added where they are not', () => {
  const flagsOf = (flags: string[]) =>
    overrides(settingVariants([{ ...build, flags }], 'linux/arm64', '1.21.3', 'linux/amd64'))
      .filter((override) => override.flags !== undefined)
      .map((override) => override.flags?.join(' '));
  assert.equal(flagsOf(['-installsuffix', 'cgo', '-tags', 'x', '-v']), [
    '-tags x -v',
    '-installsuffix cgo -v',
  ]);
  assert.equal(flagsOf(['-tags=x']), ['-tags=x -installsuffix cgo', '']);
  assert.ok(flagsOf([]).includes('-tags=netgo'));
});

test('a blank after the linker flags is tried where a program holds them as they were written', () => {
  const texts = (given: Partial<typeof build>, version: string) =>
    overrides(
      settingVariants([{ ...build, stamps: {}, ...given }], 'linux/arm64', version, 'linux/amd64'),
    ).flatMap(({ ldflags }) => (ldflags === undefined ? [] : [ldflags.join(' ')]));
  const own = { ldflags: ['-s'] };
  assert.ok(texts(own, '1.18').includes('-s ') && texts(own, '1.18.4').includes('-s '));
  // That of make, which a build of theirs has of itself: then the one without is another.
  assert.ok(texts({}, '1.18.4').includes('-s -w -buildid= -extldflags -static'));
  assert.not(texts({}, '1.18.4').includes('-s -w -buildid= -extldflags -static '));
  for (const version of ['1.17.9', '1.18.6', '1.18.10', '1.21.10'])
    assert.not(
      texts(own, version).some((text) => text.endsWith(' ')),
      version,
    );
});

const variant = (given: Partial<Variant>): Variant => {
  return { rule: 'stamp', what: 'x', override: {}, weight: 1, cost: 1, ...given };
};

test('the likeliest comes first for the time that it takes', () => {
  const order = inOrder([
    variant({ what: 'dear', weight: 10, cost: 15 }),
    variant({ what: 'cheap', weight: 2 }),
    variant({ what: 'cheap and likely', weight: 3 }),
  ]);
  assert.equal(
    order.map(({ what }) => what),
    ['cheap and likely', 'cheap', 'dear'],
  );
});

test('two causes go together where they touch different things', () => {
  assert.equal(mergeOverrides({ stamp: 'clean' }, { modules: 'vendor' }), {
    stamp: 'clean',
    modules: 'vendor',
  });
  assert.is(mergeOverrides({ stamp: 'clean' }, { stamp: 'absent' }), undefined);
  assert.equal(mergeOverrides({ stamps: { a: '1' } }, { stamps: { b: '2' } }), {
    stamps: { a: '1', b: '2' },
  });
  assert.is(mergeOverrides({ stamps: { a: '1' } }, { stamps: { a: '2' } }), undefined);
  const pairs = pairsOf([
    variant({ what: 'a', override: { stamp: 'clean' }, weight: 1 }),
    variant({ what: 'b', override: { stamp: 'absent' }, weight: 3 }),
    variant({ what: 'c', override: { modules: 'vendor' }, rule: 'modules', weight: 2, cost: 4 }),
  ]);
  assert.equal(
    pairs.map(({ what, rule, cost }) => [what, rule, cost]),
    [
      ['b and c', 'stamp', 4],
      ['c and a', 'modules', 4],
    ],
  );
});

test.run();
