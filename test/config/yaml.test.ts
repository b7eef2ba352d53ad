import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { decodeYaml } from '../../orchestrator/config/yaml.ts';
import { renderDiagnostic } from '../../orchestrator/core/diagnostic.ts';

const schema = z.strictObject({
  go: z.string(),
  builds: z.array(z.strictObject({ module: z.string().regex(/^[a-z.]+$/, 'expected a folder') })),
});

function complaints(text: string): readonly string[] {
  const decoded = decodeYaml('p.yaml', text, schema);
  return decoded.ok ? [] : decoded.error.map((each) => renderDiagnostic(each).split('\n')[0] ?? '');
}

test('a version stays text', () => {
  const decoded = decodeYaml('p.yaml', 'go: 1.20\nbuilds: []\n', schema);
  assert.ok(decoded.ok);
  assert.is(decoded.value.value.go, '1.20');
});

test('malformed YAML is shown where it stands', () => {
  assert.is(complaints('go: [1.20\nbuilds: []\n')[0]?.slice(0, 33), 'p.yaml:2:1: error: malformed YAML');
});

test('all complaints of a file come at once, each at its line and column', () => {
  assert.equal(complaints('go: "1"\ngopher: 1\nbuilds:\n  - module: A B\n  - modul: x\n'), [
    'p.yaml:4:13: error: builds.0.module: expected a folder',
    'p.yaml:5:5: error: builds.1.module: Invalid input: expected string, received undefined',
    'p.yaml:5:5: error: unknown field "modul"',
    'p.yaml:2:1: error: unknown field "gopher"',
  ]);
});

test('an unknown field that comes near to one that is known', () => {
  const decoded = decodeYaml(
    'p.yaml',
    'go: a\nbuilds:\n  - { module: x, modules: y }\n  - { module: x, colour: y }\n',
    schema,
  );
  assert.equal(decoded.ok ? [] : decoded.error.map(({ help }) => help), ['Is "module" meant?', undefined]);
});

test('a name that stands twice is malformed', () => {
  assert.match(
    complaints('go: a\ngo: b\nbuilds: []\n')[0] ?? '',
    /^p\.yaml:2:1: error: malformed YAML: Map keys must be unique/,
  );
});

test('an alias stands for what its anchor last stood at, and what is shared is read in full wherever it stands', () => {
  const text =
    'go: &a "1"\nbuilds:\n  - &b { module: &c x }\n  - *b\n  - { module: *c }\n  - { module: &c y }\n  - { module: *c }\n';
  const decoded = decodeYaml('p.yaml', text, schema);
  assert.ok(decoded.ok);
  assert.equal(
    decoded.value.value.builds.map(({ module }) => module),
    ['x', 'x', 'x', 'y', 'y'],
  );
});

test('as many complaints as anybody reads, and how many more there are', () => {
  const text = `go: a\nbuilds: []\n${Array.from({ length: 5000 }, (_, at) => `x${at}: 1\n`).join('')}`;
  const decoded = decodeYaml('p.yaml', text, schema);
  assert.ok(!decoded.ok);
  assert.is(decoded.error.length, 50);
  assert.is(decoded.error.at(-1)?.help, 'There are 4950 more complaints.');
  assert.equal(decoded.error.at(-1)?.location.line, 52);
});

test('of alternatives, what is wrong with the one that comes nearest', () => {
  const either = z.union([z.string(), z.strictObject({ a: z.strictObject({ b: z.enum(['x']) }) })]);
  const said = (text: string) => {
    const decoded = decodeYaml('p.yaml', text, z.strictObject({ e: either }));
    return decoded.ok ? [] : decoded.error.map((each) => renderDiagnostic(each).split('\n')[0]);
  };
  assert.equal(said('e: {a: {b: y}}\n'), ['p.yaml:1:12: error: e.a.b: Invalid input: expected "x"']);
  assert.equal(said('e: []\n'), ['p.yaml:1:1: error: e: Invalid input']);
});

test('what is large is read in the time of its size: no name is compared with all others', () => {
  const timeOf = (count: number) => {
    const names = Array.from({ length: count }, (_, at) => `k${at}: v\n`).join('');
    const began = performance.now();
    assert.ok(decodeYaml('p.yaml', names, z.record(z.string(), z.string())).ok);
    return performance.now() - began;
  };
  timeOf(1000);
  // Twenty times as long, or four hundred times.
  assert.ok(timeOf(20_000) < 150 * timeOf(1000));
});

test.run();
