import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { shownPlace } from '../../../orchestrator/core/diagnostic.ts';
import {
  decodeReleaseChannel,
  readReleaseChannel,
  writeReleaseChannel,
} from '../../../orchestrator/publish/manifest/channel.ts';

const topic = 'arn:aws:sns:us-west-2:123456789012:releases';

const channel = `# Comments are upstream's way.

---
apiVersion: distro.eks.amazonaws.com/v1alpha1
kind: ReleaseChannel
metadata:
  creationTimestamp: null
  name: 1-18
spec:
  snsTopicARN: "${topic}"
status:
  active: true
  latestRelease: 12
`;

test('a channel is read, and written again as the same', () => {
  const read = readReleaseChannel(channel, 'channel.yaml');
  assert.ok(read.ok);
  assert.equal(read.value, { name: '1-18', snsTopicArn: topic, active: true, latestRelease: 12 });
  const text = writeReleaseChannel(read.value);
  assert.equal(readReleaseChannel(text, 'again.yaml'), read);
  assert.is(
    text,
    `apiVersion: distro.eks.amazonaws.com/v1alpha1
kind: ReleaseChannel
metadata:
  name: 1-18
spec:
  snsTopicARN: ${topic}
status:
  active: true
  latestRelease: 12
`,
  );
});

test('a channel of which nobody tells', () => {
  const text = writeReleaseChannel({ name: '1-30-acme', active: false, latestRelease: 1 });
  assert.equal(readReleaseChannel(text, 'x'), {
    ok: true,
    value: { name: '1-30-acme', active: false, latestRelease: 1 },
  });
});

test('what is not known is a note', () => {
  const read = decodeReleaseChannel(`${channel}  endOfLife: 2023-01-01\n`, 'channel.yaml');
  assert.ok(read.ok);
  assert.equal(
    read.value.notes.map(({ location, severity, message }) => [shownPlace(location), severity, message]),
    [['channel.yaml:14:14', 'warning', 'unknown field "endOfLife"']],
  );
});

const wholeNumber = 'expected a whole number from 1 on';
const textInQuotes = 'expected a text, in quotes where YAML takes it for something else';

const bad: readonly (readonly [from: string, to: string, complaint: string])[] = [
  [
    'name: 1-18',
    'name: ../1-18',
    '8:9 metadata.name: expected a channel, such as 1-30 or 1-30-acme: lower-case letters, digits and -',
  ],
  [
    topic,
    'arn:aws:sns:us-west-2:1:x',
    '10:16 spec.snsTopicARN: expected the ARN of an SNS topic, such as arn:aws:sns:us-west-2:123456789012:releases',
  ],
  ['active: true', 'active: yes', '12:11 status.active: expected true or false'],
  ['  active: true\n', '', '11:1 status.active: missing: expected true or false'],
  ['active: true', 'active: "true"', '12:11 status.active: expected true or false, without quotes'],
  ['latestRelease: 12', "latestRelease: '12'", `13:18 status.latestRelease: ${wholeNumber}, without quotes`],
  ['latestRelease: 12', 'latestRelease: 0x12', `13:18 status.latestRelease: ${wholeNumber}`],
  ['latestRelease: 12', 'latestRelease: 012', `13:18 status.latestRelease: ${wholeNumber}`],
  ['latestRelease: 12', 'latestRelease: 1_2', `13:18 status.latestRelease: ${wholeNumber}`],
  ['name: 1-18', 'name: 118', `8:9 metadata.name: ${textInQuotes}`],
  ['  name: 1-18\n', '', '6:1 metadata.name: missing'],
  ['kind: ReleaseChannel', 'kind: null', '5:7 kind: expected ReleaseChannel'],
  ['latestRelease: 12', 'latestRelease: -1', `13:18 status.latestRelease: ${wholeNumber}`],
  ['kind: ReleaseChannel', 'kind: Release', '5:7 kind: expected ReleaseChannel'],
];

for (const [from, to, complaint] of bad) {
  test(`${to || 'nothing'} for ${from.trim()}`, () => {
    const read = readReleaseChannel(channel.replace(from, to), 'channel.yaml');
    assert.ok(!read.ok && read.error.reason === 'configuration');
    assert.equal(
      read.error.diagnostics.map(({ location, message }) => `${location.line}:${location.column} ${message}`),
      [complaint],
    );
  });
}

test('an empty file is said to be one', () => {
  for (const text of ['', '\n', '# only words\n', '---\n']) {
    const read = readReleaseChannel(text, 'channel.yaml');
    assert.ok(!read.ok && read.error.reason === 'configuration', JSON.stringify(text));
    assert.equal(
      read.error.diagnostics.map(({ message }) => message),
      ['there is nothing in it'],
    );
  }
});

/** The manifest of a channel with an annotation, which an API server takes only where it is a text. */
const annotated = (value: string) =>
  readReleaseChannel(channel.replace('  name:', `  annotations:\n    note: ${value}\n  name:`), 'x').ok;

test('what kubectl takes for a number, a truth, or nothing is no text', () => {
  const others = ['12', '-1', '1_000', '0x1f', '0o17', '0b1', '1.5', '.5', '1e3', '12345678901e1', '.inf'];
  const words = ['true', 'False', 'yes', 'NO', 'on', 'off', 'y', 'null', '~', '', '.nan'];
  assert.equal([...others, ...words].filter(annotated), []);
});

test('what it takes for a text is one', () => {
  const quoted = ['"12"', "'true'", '"null"', "''", '! 12'];
  const plain = ['1-30', '1:30', '2024-05-28', '0x', '1e', 'v1', 'nope', 'truer', '1.2.3', '08a', '_1', '.'];
  assert.equal(
    [...quoted, ...plain].filter((value) => !annotated(value)),
    [],
  );
});

test.run();
