import * as assert from 'uvu/assert';
import { parseChecksums } from '../../../orchestrator/config/lock/checksums.ts';
import { renderDiagnostic } from '../../../orchestrator/core/diagnostic.ts';
import { suite } from '../../rig/suite.ts';

const test = suite('checksums');

const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];

/** What is read, a line each, or what is complained of. */
function read(text: string, branch = '1-30'): readonly string[] {
  const parsed = parseChecksums('CHECKSUMS', text, branch);
  if (parsed.ok) {
    return parsed.value.map(
      ({ line, platform, name, sha256 }) => `${line} ${platform} ${name} ${sha256.slice(0, 2)}`,
    );
  }
  return parsed.error.map(({ location, message }) => `${location.line}:${location.column} ${message}`);
}

const noChecksum = 'this line is no checksum of a built file';

const scenarios: readonly (readonly [what: string, text: string, expected: readonly string[]])[] = [
  ['a component', `${a}  _output/1-30/bin/etcd/linux-amd64/etcd\n`, ['1 linux/amd64 etcd aa']],
  [
    'a Windows program',
    `${a}  _output/1-30/bin/livenessprobe/windows-amd64/livenessprobe.exe\n`,
    ['1 windows/amd64 livenessprobe.exe aa'],
  ],
  ['Kubernetes', `${a}  _output/1-30/bin/linux/arm64/kube-proxy\n`, ['1 linux/arm64 kube-proxy aa']],
  [
    'early ones without a branch',
    `${a}  _output/bin/plugins/linux-arm64/host-local\n`,
    ['1 linux/arm64 host-local aa'],
  ],
  ['no newline at the end', `${a}  _output/bin/x/linux-amd64/x`, ['1 linux/amd64 x aa']],
  ['white space around a line', ` ${a}  _output/bin/x/linux-amd64/x\r\n`, ['1 linux/amd64 x aa']],
  [
    'blank lines, which count',
    `\n${a}  _output/bin/x/linux-amd64/x\n \n${b}  _output/bin/x/linux-arm64/x\n\n`,
    ['2 linux/amd64 x aa', '4 linux/arm64 x bb'],
  ],
  ['nothing', '', []],
  ['one blank between the two', `${a} _output/bin/x/linux-amd64/x\n`, [`1:1 ${noChecksum}`]],
  ['capitals', `${'A'.repeat(64)}  _output/bin/x/linux-amd64/x\n`, [`1:1 ${noChecksum}`]],
  ['a short hash', `\n  ${a.slice(1)}  _output/bin/x/linux-amd64/x\n`, [`2:3 ${noChecksum}`]],
  ['a mark for binary', `${a} *_output/bin/x/linux-amd64/x\n`, [`1:1 ${noChecksum}`]],
  ['asterisks', '*****\n', [`1:1 ${noChecksum}`]],
  ['a conflict mark', `<<<<<<< HEAD\n${a}  _output/bin/x/linux-amd64/x\n`, [`1:1 ${noChecksum}`]],
  ['a path that leaves its folder', `${a}  _output/bin/x/linux-amd64/..\n`, [`1:1 ${noChecksum}`]],
  ['a path elsewhere', `${a}  ../bin/x/linux-amd64/x\n`, [`1:1 ${noChecksum}`]],
  ['a folder more', `${a}  _output/1-30/bin/x/y/linux-amd64/x\n`, [`1:1 ${noChecksum}`]],
  [
    'another branch',
    `${a}  _output/1-29/bin/x/linux-amd64/x\n`,
    ['1:1 this line is of release branch 1-29, not 1-30'],
  ],
  [
    'a file twice',
    `${a}  _output/bin/x/linux-amd64/x\n${b}  _output/1-30/bin/x/linux-amd64/x\n`,
    ['2:1 x for linux/amd64 has a checksum in line 1 already'],
  ],
  ['two bad lines, both complained of', 'one\ntwo\n', [`1:1 ${noChecksum}`, `2:1 ${noChecksum}`]],
];
for (const [what, text, expected] of scenarios) {
  test(what, () => assert.equal(read(text), expected));
}

test('the complaint shows file, line, column and the line', () => {
  const parsed = parseChecksums('0123456789ab:projects/x/y/1-30/CHECKSUMS', `\n no\n`, '1-30');
  assert.is(parsed.ok, false);
  if (parsed.ok) return;
  assert.equal(parsed.error.map(renderDiagnostic).join('\n').split('\n'), [
    '0123456789ab:projects/x/y/1-30/CHECKSUMS:2:2: error: this line is no checksum of a built file',
    '     no',
    '     ~~',
    '    Each line is a SHA-256, two spaces, and _output/<branch>/bin/<repo>/<os>-<arch>/<file>.',
  ]);
});

test.run();
