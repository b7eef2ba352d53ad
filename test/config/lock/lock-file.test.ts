import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lockSchema } from '../../../orchestrator/config/lock/lock.ts';
import {
  readLock,
  renderLock,
  type UnsealedLock,
  unsealLock,
} from '../../../orchestrator/config/lock/lock-file.ts';
import { decodeYaml } from '../../../orchestrator/config/yaml.ts';
import { renderDiagnostic } from '../../../orchestrator/core/diagnostic.ts';
import { samplePins } from '../../rig/pins.ts';

test('a lock reads back as it was written, and renders to the same bytes', () => {
  const text = renderLock(samplePins());
  const lock = readLock('a.lock.yaml', text);
  assert.ok(lock.ok, lock.ok ? '' : lock.error.map(renderDiagnostic).join('\n'));
  assert.is(lock.value.projects['org/tool']?.go?.version, '1.20');
  assert.is(lock.value.number, 5);
  assert.is(renderLock(unsealLock(lock.value)), text);
});

test('a Go that is named as what every object has is none', () => {
  for (const build of ['__proto__', 'constructor', 'toString', 'a b', 'x'.repeat(65), '']) {
    const pins = samplePins();
    const tool = pins.projects['org/tool'];
    if (tool?.go === undefined) throw new Error('the sample has no such Go');
    const text = renderLock({ ...pins, projects: { 'org/tool': { ...tool, go: { ...tool.go, build } } } });
    const lock = readLock('a.lock.yaml', text);
    assert.match(
      lock.ok ? 'taken' : renderDiagnostic(lock.error[0] as never),
      'projects.org/tool.go.build: ',
    );
  }
});

test('an expectation is one line', () => {
  const line = renderLock(samplePins())
    .split('\n')
    .find((each) => each.includes('platform:'));
  assert.is(line?.trim(), `- {platform: linux/amd64, name: tool, sha256: ${'a'.repeat(64)}, line: 3}`);
});

test('pins that two projects share stand in full in both', () => {
  const pins = samplePins();
  const tool = pins.projects['org/tool'];
  if (tool === undefined) throw new Error('the sample has no such project');
  const text = renderLock({ ...pins, projects: { 'org/tool': tool, 'org/twin': { ...tool } } });
  assert.not.match(text, /[&*]a[0-9]/);
});

test('a lock that was edited by hand is refused, at the line of its digest', () => {
  const text = renderLock(samplePins()).replace('a'.repeat(64), 'b'.repeat(64));
  const lock = readLock('a.lock.yaml', text);
  assert.not.ok(lock.ok);
  assert.match(
    lock.ok ? '' : renderDiagnostic(lock.error[0] as never),
    /^a\.lock\.yaml:4:9: error: the lock was edited by hand/,
  );
});

test('what is no hash, no commit and no safe path is shown where it stands', () => {
  const text = renderLock(samplePins())
    .replace('a'.repeat(64), 'not-a-hash')
    .replace('c'.repeat(40), 'HEAD')
    .replace('projects/org/tool/1-30/CHECKSUMS', '../../CHECKSUMS');
  const lock = readLock('a.lock.yaml', text);
  assert.not.ok(lock.ok);
  const messages = lock.ok ? [] : lock.error.map((each) => each.message);
  assert.ok(
    messages.some((each) => each.includes('expected a SHA-256')),
    messages.join('\n'),
  );
  assert.ok(
    messages.some((each) => each.includes('commit')),
    messages.join('\n'),
  );
  assert.ok(
    messages.some((each) => each.includes('the path leaves its folder')),
    messages.join('\n'),
  );
});

/** The sample's pins with lists of published files. */
function withLists(paths: readonly string[]): UnsealedLock {
  const pins = samplePins();
  const tool = pins.projects['org/tool'];
  if (tool === undefined) throw new Error('the sample has no such project');
  const artifacts = { file: 'projects/org/tool/expected_artifacts', paths: [...paths] };
  return { ...pins, projects: { 'org/tool': { ...tool, expectedFiles: { artifacts } } } };
}

const archives = ['amd64', 'arm64'].flatMap((arch) =>
  ['', '.sha256', '.sha512'].map((sum) => `tool-linux-${arch}-v1.2.3.tar.gz${sum}`),
);

test('lists of published files stand in few lines, and are read whole', () => {
  const text = renderLock(withLists(archives));
  const line = '- "{tool-linux-amd64-v1.2.3.tar.gz,tool-linux-arm64-v1.2.3.tar.gz}{,.sha256,.sha512}"';
  assert.ok(text.includes(`\n          ${line}\n`), text);
  const lock = readLock('a.lock.yaml', text);
  assert.ok(lock.ok, lock.ok ? '' : lock.error.map(renderDiagnostic).join('\n'));
  assert.equal(lock.value.projects['org/tool']?.expectedFiles?.artifacts?.paths, archives);
  assert.is(renderLock(unsealLock(lock.value)), text);
});

test('what the patterns stand for is sealed, however they are written', () => {
  const text = renderLock(withLists(archives));
  const fewer = readLock('a.lock.yaml', text.replace('{,.sha256,.sha512}', '{,.sha256}'));
  assert.match(fewer.ok ? '' : renderDiagnostic(fewer.error[0] as never), 'the lock was edited by hand');
  const longer = text.replace('{,.sha256,.sha512}', '{.sha512,,.sha256}');
  assert.ok(readLock('a.lock.yaml', longer).ok);
});

test('patterns that stand for too much, or lead elsewhere, are shown where they stand', () => {
  const complaintOf = (pattern: string) => {
    const text = renderLock(withLists(['a'])).replace('\n          - a\n', `\n          - "${pattern}"\n`);
    const lock = readLock('a.lock.yaml', text);
    return lock.ok ? '' : renderDiagnostic(lock.error[0] as never);
  };
  assert.match(
    complaintOf('{a,b}'.repeat(40)),
    /^a\.lock\.yaml:\d+:\d+: error: .*expected at most 3000 paths/,
  );
  assert.match(complaintOf('x/{a,..}/b'), 'expected paths of published files, not "x/../b"');
  assert.match(complaintOf('/{a}'), 'expected paths of published files, not "/a"');
  assert.match(complaintOf('a{b'), 'expected paths of published files, not "a{b"');
});

test('the quick reader says what the one with places says, of every lock that is committed', () => {
  const names = readdirSync('releases').filter((name) => name.endsWith('.lock.yaml'));
  assert.ok(names.length > 10);
  for (const name of names) {
    const text = readFileSync(`releases/${name}`, 'utf8');
    const read = readLock(name, text);
    const slow = decodeYaml(name, text, lockSchema);
    assert.ok(read.ok && slow.ok, name);
    assert.equal(read.value, slow.value.value);
  }
});

test('what only one of two readers takes, or what may stand for much more, is left to the one with places', () => {
  const text = renderLock(samplePins());
  const forms = [
    text.replace(/^number: (.*)$/m, 'number: &n $1').replace(/^(branch: .*)$/m, '$1'),
    `${text}---\n`,
    `${text}extra: 1\n`,
    text.replace(/^schema: 1$/m, 'schema: !!str 1'),
    text.replace(/^schema: 1$/m, 'schema: 1\nschema: 1'),
  ];
  for (const form of forms) {
    assert.is.not(form, text);
    assert.is(
      readLock('x.lock.yaml', form).ok,
      decodeYaml('x.lock.yaml', form, lockSchema).ok,
      form.slice(0, 300),
    );
  }
});

test.run();
