import { buildSync } from 'esbuild';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** What the bundler finds of the program's modules: what each imports, and how. */
const { inputs } = buildSync({
  entryPoints: ['orchestrator/cli.ts'],
  ...{ bundle: true, splitting: true, format: 'esm', platform: 'node', packages: 'external' },
  ...{ outdir: 'dist', write: false, metafile: true },
}).metafile;

/** All that is loaded with a module before any of it runs: modules of ours, and packages. */
function loadedWith(entry: string): {
  readonly modules: readonly string[];
  readonly packages: readonly string[];
} {
  assert.ok(inputs[entry], `there is no module ${entry}`);
  const modules = [entry];
  const packages = new Set<string>();
  for (const module of modules) {
    for (const { path, kind, external } of inputs[module]?.imports ?? []) {
      if (kind === 'dynamic-import' || path.startsWith('node:')) continue;
      if (external) packages.add(path);
      else if (!modules.includes(path)) modules.push(path);
    }
  }
  return { modules, packages: [...packages].sort() };
}

const planning = [
  'fastest-levenshtein',
  'minimatch',
  'semver/functions/coerce.js',
  'semver/functions/parse.js',
  'semver/functions/satisfies.js',
  'semver/ranges/valid.js',
];

test('the words of all commands are there at once, and nothing of their deeds', () => {
  assert.equal(loadedWith('orchestrator/cli.ts').packages, ['@commander-js/extra-typings']);
});

test('a plan decodes nothing that was decoded before, starts no process, and loads no deed', () => {
  const { modules, packages } = loadedWith('orchestrator/commands/plan/plan.ts');
  assert.equal(packages, planning);
  const tasks = modules.filter((module) => module.startsWith('orchestrator/task/'));
  assert.ok(tasks.includes('orchestrator/task/kinds.ts'));
  assert.equal(
    tasks.filter((module) => !/\/(kinds|inputs)\.ts$/.test(module)),
    [],
  );
});

test('a run whose results are all in the store takes little more', () => {
  const { modules, packages } = loadedWith('orchestrator/commands/verify/verify.ts');
  assert.equal(packages, planning);
  assert.equal(
    modules.filter((module) =>
      /^orchestrator\/(rpm|release|oci\/(ecr|registry|push)|tool\/(http|buildkit))\//.test(module),
    ),
    [],
  );
});

test('AWS is loaded at the first call', () => {
  for (const command of ['push/push', 'publish/publish', 'publish/policy']) {
    const { packages } = loadedWith(`orchestrator/commands/${command}.ts`);
    assert.equal(
      packages.filter((name) => name.startsWith('@aws-sdk/')),
      [],
    );
  }
});

test('who asks whom to trust loads nothing that builds', () => {
  const { modules, packages } = loadedWith('orchestrator/commands/trust/trust.ts');
  const builds =
    /^orchestrator\/(engine|task|plan|rpm|publish|release|oci\/(ecr|push)|tool\/(git|go|process|buildkit|tar))\//;
  assert.equal(
    modules.filter((module) => builds.test(module)),
    [],
  );
  assert.equal(packages, [
    ...['@sigstore/bundle', '@sigstore/protobuf-specs', '@sigstore/verify'],
    ...['agent-base', 'fastest-levenshtein', 'http-proxy-agent', 'https-proxy-agent', 'yaml', 'zod'],
  ]);
});

test.run();
