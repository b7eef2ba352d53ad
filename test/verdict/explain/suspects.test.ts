import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OwnBuild } from '../../../orchestrator/verdict/explain/suspect.ts';
import { suspectsOf } from '../../../orchestrator/verdict/explain/suspects.ts';
import { targetedVariants } from '../../../orchestrator/verdict/explain/targeted.ts';
import type { Variant } from '../../../orchestrator/verdict/explain/variant.ts';
import type { BinaryReport } from '../../../orchestrator/verdict/inspect/binary.ts';
import { compareBinaries } from '../../../orchestrator/verdict/inspect/compare-binaries.ts';
import {
  binaryFunction,
  binaryModule,
  binaryReport,
  buildInformation,
  section,
} from '../../rig/binary-report.ts';

const guess = (given: Pick<Variant, 'rule' | 'what' | 'override'>): Variant => {
  return { ...given, weight: 1, cost: 1 };
};

const patchLeftOut = guess({ rule: 'patches', what: 'a left out', override: { patches: [] } });
const vendored = guess({ rule: 'modules', what: 'from vendor', override: { modules: 'vendor' } });
const other = guess({ rule: 'go', what: 'EKS Go', override: { go: { version: '1.21.9', patches: [] } } });

const own: OwnBuild = {
  commit: 'c'.repeat(40),
  values: new Map([['main.version', 'v1.2.0']]),
  words: ['-s', '-w', '-buildid='],
  flags: ['-installsuffix', 'cgo'],
  hasPatches: true,
  variants: [patchLeftOut, vendored, other],
};

/** What is suspected where the published program is otherwise. */
function suspect(published: Partial<BinaryReport>, built: Partial<BinaryReport> = {}) {
  return suspectsOf(compareBinaries(binaryReport(built), binaryReport(published)), own);
}

const stamped = (
  settings: Readonly<Record<string, string>>,
  rest: Partial<Parameters<typeof buildInformation>[0]> = {},
) => {
  return {
    build: buildInformation({
      settings: new Map([['-trimpath', 'true'], ...Object.entries(settings)]),
      ...rest,
    }),
  };
};

const overridesOf = (variants: readonly Variant[]) => variants.map(({ override }) => override);

test('files that are the same raise no suspicion', () => {
  assert.equal(suspect({}), []);
});

test('another version of Go is tried as the official one, and as others make it', () => {
  const [first] = suspect({ build: buildInformation({ goVersion: 'go1.21.8' }) });
  assert.equal([first?.rule, first?.confidence], ['go', 'high']);
  assert.equal(overridesOf(first?.variants ?? []), [{ go: { version: '1.21.8', patches: [] } }]);
});

const git = {
  vcs: 'git',
  'vcs.revision': 'd'.repeat(40),
  'vcs.time': '2024-05-01T10:00:00Z',
  'vcs.modified': 'true',
};

test('the stamp: none, clean, of the commit before the patches, and of one that other patches lead to', () => {
  const of = (published: Readonly<Record<string, string>>) => suspect(stamped(published), stamped(git));
  assert.equal(overridesOf(of({})[0]?.variants ?? []), [{ stamp: 'absent' }]);
  assert.equal(overridesOf(of({ ...git, 'vcs.modified': 'false' })[0]?.variants ?? []), [{ stamp: 'clean' }]);
  const before = of({ ...git, 'vcs.revision': own.commit })[0];
  assert.equal([before?.rule, before?.variants[0]?.override], ['stamp', { patching: 'uncommitted' }]);
  const later = of({ ...git, 'vcs.revision': 'e'.repeat(40), 'vcs.time': '2024-06-01T10:00:00Z' })[0];
  assert.is(later?.rule, 'patches');
  const dates = later?.variants.map(({ override }) => override.committer?.date).filter(Boolean);
  assert.equal(dates, ['2024-06-01T10:00:00Z']);
});

test('settings become environment and flags; -trimpath cannot be tried, and is a matter of paths', () => {
  const [level] = suspect(stamped({ GOAMD64: 'v3' }), stamped({ GOAMD64: 'v1' }));
  assert.equal(
    [level?.rule, overridesOf(level?.variants ?? [])],
    ['settings', [{ environment: { GOAMD64: 'v3' } }]],
  );
  const [tags] = suspect(stamped({ '-tags': 'netgo' }));
  assert.equal(overridesOf(tags?.variants ?? []), [{ flags: ['-installsuffix', 'cgo', '-tags=netgo'] }]);
  const [paths] = suspect({ build: buildInformation({ settings: new Map() }) });
  assert.equal([paths?.rule, paths?.variants.length], ['paths', 0]);
});

test('sums of modules that are missing, and modules of other versions', () => {
  const modules = (version: string, sum?: string) => {
    return { build: buildInformation({ dependencies: [binaryModule('a.b/m', version, sum)] }) };
  };
  const [absent] = suspect(modules('v1.0.0', ''), modules('v1.0.0'));
  assert.equal([absent?.rule, absent?.variants], ['modules', [vendored]]);
  const [newer] = suspect(modules('v1.1.0'), modules('v1.0.0'));
  assert.equal([newer?.rule, newer?.confidence, newer?.variants], ['patches', 'medium', [patchLeftOut]]);
});

test('a value that the linker set is tried as the string that only the published program has', () => {
  const changed = { sections: [section('.text', 'code'), section('.data', 'other data')] };
  const [first] = suspect(
    { ...changed, strings: ['hello', 'v1.2.0-rc.1'] },
    { strings: ['hello', 'v1.2.0'] },
  );
  assert.equal([first?.rule, first?.confidence], ['link-values', 'high']);
  assert.equal(first?.variants[0]?.override, { stamps: { 'main.version': 'v1.2.0-rc.1' } });
});

test("code of Go's own packages is another build of Go; other code is told by package, the worst first", () => {
  const functions = (runtime: string, main: string) => {
    const code = section('.text', `${runtime} ${main}`);
    return {
      functions: [binaryFunction('main.main', 32, main), binaryFunction('runtime.main', 32, runtime)],
      sections: [code, section('.data', 'data')],
    };
  };
  const [go] = suspect(functions('r2', 'm1'), functions('r1', 'm1'));
  assert.equal([go?.rule, go?.variants], ['go', [other]]);
  const [code] = suspect(functions('r1', 'm2'), functions('r1', 'm1'));
  assert.equal([code?.rule, code?.confidence], ['code', 'high']);
  assert.match(code?.cause ?? '', 'most of all in main');
  assert.match(code?.evidence.join('\n') ?? '', 'main.main');
});

test('a build id, and symbols, are nothing that runs; both can be had', () => {
  const [id] = suspect({ buildId: 'made/elsewhere' });
  assert.is(id?.rule, 'not-run');
  assert.equal(overridesOf(id?.variants ?? []), [{ ldflags: ['-s', '-w', '-buildid=made/elsewhere'] }]);
  const sections = [section('.text', 'code'), section('.data', 'data'), section('.symtab', 'more symbols')];
  const [symbols] = suspect({ sections });
  assert.equal(
    [symbols?.rule, overridesOf(symbols?.variants ?? [])],
    ['not-run', [{ ldflags: ['-buildid='] }]],
  );
});

test('of several causes each is tried alone, and the likeliest of all at once; nothing twice', () => {
  const found = suspect(
    stamped({ ...git, 'vcs.modified': 'false' }, { goVersion: 'go1.21.8' }),
    stamped(git),
  );
  assert.equal(
    found.map(({ rule }) => rule),
    ['go', 'stamp'],
  );
  const variants = targetedVariants(found);
  const both = { go: { version: '1.21.8', patches: [] }, stamp: 'clean' } as const;
  assert.equal(overridesOf(variants), [{ go: both.go }, { stamp: 'clean' }, both]);
  assert.equal(targetedVariants([...found.slice(0, 1), ...found.slice(0, 1)]).length, 1);
});

test.run();
