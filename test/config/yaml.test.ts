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

test('a name that stands twice is malformed', () => {
  assert.match(
    complaints('go: a\ngo: b\nbuilds: []\n')[0] ?? '',
    /^p\.yaml:2:1: error: malformed YAML: Map keys must be unique/,
  );
});

test.run();
