import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { GoBuildNode } from '../../../orchestrator/plan/node-go.ts';
import { type ForetoldSource, foretell } from '../../../orchestrator/verdict/explain/foretell.ts';
import { readMetadata } from '../../../orchestrator/verdict/explain/read-metadata.ts';
import type { OwnBuild } from '../../../orchestrator/verdict/explain/suspect.ts';
import type { Variant } from '../../../orchestrator/verdict/explain/variant.ts';
import { compareBuild } from '../../../orchestrator/verdict/inspect/compare-build.ts';
import { binaryModule, buildInformation } from '../../rig/binary-report.ts';

/** What of the texts of real programs cannot be made in a moment; the rest is in test/real/metadata.test.ts. */
const node: GoBuildNode = {
  ...{ kind: 'go-build', id: asNodeId('b'), needs: [], title: 't', projects: ['org/tool'] },
  ...{ toolchain: asNodeId('t'), source: asNodeId('s'), modules: asNodeId('m'), module: '.', vendors: false },
  ...{ goVersion: '1.22.2', platform: 'linux/amd64', programs: [{ package: 'a.example/cmd/tool' }] },
  ...{ flags: ['-trimpath', '-tags=x'], ldflags: [], environment: {} },
};
const source: ForetoldSource = { head: undefined, isModified: true, tags: 'all' };

const published = buildInformation({
  goVersion: 'go1.22.2',
  path: 'a.example/cmd/tool',
  main: binaryModule('a.example', '(devel)', ''),
  dependencies: [binaryModule('b.example', 'v1.0.0')],
  settings: new Map([
    ...Object.entries({ '-buildmode': 'exe', '-compiler': 'gc', '-tags': 'x', '-trimpath': 'true' }),
    ...Object.entries({
      CGO_ENABLED: '0',
      GOARCH: 'amd64',
      GOOS: 'linux',
      GOAMD64: 'v1',
      DefaultGODEBUG: 'a=1',
    }),
    ...Object.entries({
      vcs: 'git',
      'vcs.revision': 'd'.repeat(40),
      'vcs.time': 'then',
      'vcs.modified': 'true',
    }),
  ]),
});

function differing(given: Partial<GoBuildNode>, from: Partial<ForetoldSource> = {}) {
  const { build } = foretell({ ...node, ...given }, 'tool', { ...source, ...from }, published);
  return compareBuild(build, published).map((each) => {
    return 'name' in each ? each.name : 'what' in each ? `${each.kind} ${each.what}` : each.kind;
  });
}

test('what is not known before a build is no difference', () => {
  assert.equal(differing({}), []);
});

test('the commit is known where no patch makes another one', () => {
  assert.equal(differing({}, { head: 'd'.repeat(40) }), []);
  assert.equal(differing({}, { head: 'e'.repeat(40) }), ['vcs revision']);
});

test('before Go 1.18 a program says nothing of its settings; with a GOPATH it has no modules and no stamp', () => {
  assert.equal(differing({ goVersion: '1.17.13' }).slice(0, 2), ['go-version', 'vcs stamp']);
  assert.equal(differing({ layout: { mode: 'gopath' } }), [
    ...['vcs stamp', 'main-module path', 'main-module version', 'dependencies set'],
  ]);
});

test('from Go 1.24 on a stamped program has a version', () => {
  assert.equal(differing({ goVersion: '1.24.2' }), ['go-version', 'main-module version']);
  assert.equal(differing({ goVersion: '1.24.2', flags: [...node.flags, '-buildvcs=false'] }), [
    ...['go-version', 'vcs stamp'],
  ]);
});

test('levels of machines are those of the environment; arm64 has one from Go 1.23 on', () => {
  assert.equal(differing({ environment: { GOAMD64: 'v3' } }), ['GOAMD64']);
  const arm = (goVersion: string) => {
    const { build } = foretell({ ...node, platform: 'linux/arm64', goVersion }, 'tool', source, published);
    return build.settings.get('GOARM64');
  };
  assert.equal([arm('1.22.2'), arm('1.23.6')], [undefined, 'v8.0']);
});

const own: OwnBuild = {
  ...{
    commit: 'c'.repeat(40),
    values: new Map(),
    words: [],
    flags: node.flags,
    hasPatches: false,
    variants: [],
  },
};

test('a variant that mends one line and breaks another does not make it so', () => {
  const ours = foretell({ ...node, flags: ['-trimpath', '-tags=y'] }, 'tool', source, published);
  const variant = (what: string): Variant => ({
    rule: 'settings',
    what,
    override: { trimpath: 'no' },
    weight: 1,
    cost: 1,
  });
  const broken = foretell({ ...node, flags: ['-tags=x'] }, 'tool', source, published);
  const { differences } = readMetadata(
    ours,
    published,
    { ...own, variants: [variant('both')] },
    ({ what }) => (what === 'both' ? broken : undefined),
  );
  const [tags, ...others] = differences;
  assert.is(others.length, 0);
  assert.not.ok(tags?.isForetold);
  assert.ok(tags?.variants.every(({ what }) => what !== 'both'));
});

test('a path of another program is a difference of its own', () => {
  const ours = foretell(
    { ...node, programs: [{ package: 'a.example/v2/cmd/tool' }] },
    'tool',
    source,
    published,
  );
  const { differences } = readMetadata(ours, published, own, () => undefined);
  assert.equal(
    differences.map(({ difference }) => 'name' in difference && difference.name),
    ['path'],
  );
});

test.run();
