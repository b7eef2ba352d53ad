import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { placeholders } from '../../../orchestrator/config/project/placeholders.ts';
import { resolvePlaceholders, type SourceFacts } from '../../../orchestrator/task/source/facts.ts';

const facts: SourceFacts = {
  tag: 'v1.2.3',
  commit: '0123456789abcdef0123456789abcdef01234567',
  head: 'fedcba9876543210fedcba9876543210fedcba98',
  headCommitterDate: '2024-05-09T15:45:09-07:00',
  headUnixTime: 1715294709,
  headAuthorUnixTime: 1700502856,
  commitUnixTime: 1715756712,
  shortHead: 'fedcba98',
  tagObject: '89abcdef0123456789abcdef0123456789abcdef',
  shortTag: '89abcdef0',
  shortCommit: '012345678',
  describe: 'v1.2.0',
};

const resolve = (text: string) => resolvePlaceholders(text, facts);

test('each placeholder has its value', () => {
  assert.is(resolve('{tag} {tag.bare}'), 'v1.2.3 1.2.3');
  assert.is(resolve('{commit.short} {commit.short:12}'), '012345678 0123456789ab');
  assert.is(resolve('{tag.short} {tag.short:4}'), '89abcdef0 89ab');
  assert.is(resolve('{commit}-{head}'), `${facts.commit}-${facts.head}`);
  assert.is(resolve('{head.describe},{head.unix}'), 'v1.2.0,1715294709');
});

test('the patched commit is shortened as git does it, and dates of commits are in UTC', () => {
  assert.is(resolve('{head.short} {head.short:7}'), 'fedcba98 fedcba9');
  assert.is(resolve('{commit.date.utc} {head.author.utc}'), '2024-05-15T07:05:12Z 2023-11-20T17:54:16Z');
});

test('the date is in the zone of the committer, with a Z that is not meant', () => {
  assert.is(resolve('{head.date}'), '2024-05-09T15:45:09Z');
});

test('every placeholder that a recipe may hold is known here', () => {
  for (const name of Object.keys(placeholders)) assert.not.match(resolve(`{${name}}`), /[{}]/);
});

test('a doubled brace is a brace', () => {
  assert.is(resolve('{{tag} {{{tag}}'), '{tag} {v1.2.3}');
});

test('a placeholder that nobody knows is a bug of whoever let it pass', () => {
  assert.throws(() => resolve('{tags}'), /unknown placeholder \{tags\}/);
  assert.throws(() => resolve('{toString}'), /unknown placeholder/);
  assert.throws(() => resolve('{head:3}'), /takes no length/);
});

test.run();
