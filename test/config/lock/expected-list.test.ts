import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ListReading, parseExpectedList } from '../../../orchestrator/config/lock/expected-list.ts';
import { mostPaths } from '../../../orchestrator/config/lock/path-patterns.ts';
import { renderDiagnostic } from '../../../orchestrator/core/diagnostic.ts';

const plain: ListReading = { values: { GIT_TAG: 'v1.4.0' }, below: '' };

function parse(text: string, reading = plain): readonly string[] {
  const parsed = parseExpectedList('list', text, reading);
  return parsed.ok ? parsed.value : parsed.error.map(renderDiagnostic);
}

/** The first line of the only complaint. */
function complaint(text: string, reading = plain): string {
  const found = parse(text, reading);
  assert.is(found.length, 1, found.join('\n'));
  return found[0]?.split('\n')[0] ?? '';
}

/** A placeholder as shells take it before a letter. */
const braced = (name: string) => `$\{${name}}`;

test('placeholders are those of envsubst; order, blanks and a last line without its end do not count', () => {
  assert.equal(parse(`b-$GIT_TAG.tar.gz\n\n  a-${braced('GIT_TAG')}x\r\nSHA256SUM`), [
    'SHA256SUM',
    'a-v1.4.0x',
    'b-v1.4.0.tar.gz',
  ]);
  assert.equal(parse(''), []);
});

test('earlier lists begin with the folder of the site', () => {
  const values = { RELEASE_BRANCH: '1-21', RELEASE: '5', GIT_TAG: 'v1' };
  const reading = { values, below: 'kubernetes-1-21/releases/5/artifacts/etcd/v1/' };
  const line = 'kubernetes-$RELEASE_BRANCH/releases/$RELEASE/artifacts/etcd/$GIT_TAG/etcd-$GIT_TAG.tar.gz';
  assert.equal(parse(line, reading), ['etcd-v1.tar.gz']);
  assert.is(
    complaint('kubernetes-1-21/releases/5/artifacts/plugins/v1/x', reading),
    'list:1:1: error: this line is outside kubernetes-1-21/releases/5/artifacts/etcd/v1/',
  );
});

test('a placeholder that is none is shown where it stands, with those that there are', () => {
  assert.is(
    complaint('a\n  b-$KUBERNETES_GIT_TAG'),
    'list:2:3: error: there is no placeholder $KUBERNETES_GIT_TAG: this list has $GIT_TAG',
  );
  // What is longer than a name that is known is another one.
  assert.match(complaint('$GIT_TAGS'), 'there is no placeholder $GIT_TAGS');
  assert.match(complaint(braced('constructor')), 'there is no placeholder $constructor');
});

test('what is no path of a published file is refused', () => {
  const strange = [
    '../escape',
    'a/../b',
    '/etc/passwd',
    'a//b',
    './a',
    'a/',
    'a\\b',
    'C:/x',
    'a b',
    'a\u0000b',
    'a\u001b[31mb',
    'a\u202eb',
    'bin/{linux,darwin}',
    'a,b',
    'nul',
    '-rf',
    '.hidden',
    'a$(id)',
    'a`id`',
    '<script>',
    `a/${'b'.repeat(200)}`,
  ];
  for (const line of strange) {
    const found = parse(`first\n${line}\n`);
    assert.match(found[0] ?? '', /^list:2:\d+: error: this line is no path of a published file\n/, line);
  }
});

test('a path that stands there already is refused, whatever its case, and so is a file that is a folder', () => {
  assert.is(complaint('a/b\nc\na/b'), 'list:3:1: error: a/b stands in line 1 already');
  assert.is(complaint('a/B\nA/b'), 'list:2:1: error: A/b stands in line 1 already');
  assert.is(complaint('a/b/c\nx\na/b'), 'list:3:1: error: a/b is a file and a folder at once: see line 1');
  assert.is(complaint('a\na/b/c'), 'list:2:1: error: a/b/c is a file and a folder at once: see line 1');
});

test('a list without end is refused soon, and complaints are few', () => {
  const long = Array.from({ length: 300_000 }, (_, at) => `f${at}`).join('\n');
  assert.is(
    complaint(long),
    `list:${mostPaths + 1}:1: error: the list is longer than ${mostPaths} lines: no release has as many files`,
  );
  assert.is(parse('../\n'.repeat(100_000)).length, 20);
});

test.run();
