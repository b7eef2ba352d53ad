import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { badPlaceholders, replacePlaceholders } from '../../../orchestrator/config/project/placeholders.ts';
import { renderDiagnostic } from '../../../orchestrator/core/diagnostic.ts';
import { decodeProject } from '../../../orchestrator/workspace/decode-project.ts';

function complaints(builds: string): readonly string[] {
  const decoded = decodeProject('project.yaml', `schema: 1\ndescription: a tool\nbuilds:\n${builds}`);
  return decoded.ok ? [] : decoded.error.map((each) => renderDiagnostic(each).split('\n')[0] ?? '');
}

test('a recipe in its shortest form', () => {
  assert.equal(complaints('  - programs: [{package: ./cmd/tool}]\n'), []);
});

test('what the schema cannot see is complained of at its place too', () => {
  assert.equal(complaints('  - when: {version: newest}\n    programs: [{package: .}]\n'), [
    'project.yaml:4:21: error: "newest" is no semver range',
    'project.yaml:5:16: error: the package "." needs a name',
  ]);
  assert.equal(complaints('  - programs: [{name: x, package: ./plugins/*}]\n'), [
    'project.yaml:4:23: error: a pattern makes several files, so it takes no name',
  ]);
});

test('an unknown placeholder is named, with those that there are', () => {
  const [first] = complaints('  - programs: [{package: ./a}]\n    stamps: {main.v: "{version}"}\n');
  assert.match(
    first ?? '',
    /^project\.yaml:5:22: error: builds\.0\.stamps\.main\.v: unknown placeholder \{version\}; there are \{tag\}/,
  );
});

test('a program in C: flags of gcc that neither read nor write, and its own placeholder', () => {
  const flagged = (flag: string) =>
    complaints(
      `  - programs: [{package: ./a}]\ncBuilds:\n  - { program: pause, source: c/pause.c, flags: ['${flag}'] }\n`,
    ).join();
  for (const good of ['-Os', '-static', '-Wl,-z,noexecstack', '-std=gnu99', '-DVERSION={image.tag}']) {
    assert.is(flagged(good), '', good);
  }
  for (const bad of ['-o', '-c', '-I/usr', '-xc++', '-L.', '@file', 'other.c', '-DX={tag}', '-include']) {
    assert.match(flagged(bad), 'project.yaml:6:', bad);
  }
});

test('a module that leaves the checkout is refused', () => {
  assert.match(
    complaints('  - {module: ../x, programs: [{package: ./a}]}\n')[0] ?? '',
    /^project\.yaml:4:14: error: /,
  );
});

test('placeholders: lengths belong to the short commit only, and a brace is written twice', () => {
  assert.equal(badPlaceholders('{tag:3} {commit.short:9} {commit.short:2} {{tag} {x}'), [
    '{tag:3}',
    '{commit.short:2}',
    '{x}',
  ]);
  assert.is(
    replacePlaceholders('{{a} {commit.short:9}', ({ name, length }) => `<${name} ${length}>`),
    '{a} <commit.short 9>',
  );
});

test.run();
