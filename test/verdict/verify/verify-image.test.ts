import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imageState } from '../../../orchestrator/report/image-report.ts';
import { verdictNames } from '../../../orchestrator/verdict/verify/verdict.ts';
import { unverifiedPrograms } from '../../../orchestrator/verdict/verify/verify-image.ts';
import { ociSha } from '../../rig/image-report.ts';
import { fileVerdict } from '../../rig/verdicts.ts';

const tool = { project: 'org/tool', platform: 'linux/amd64', file: 'tool' } as const;

test('only what is identical is verified', () => {
  for (const verdict of verdictNames) {
    const said = unverifiedPrograms([tool], [fileVerdict({ verdict, why: 'So it is.' })]);
    const expected = verdict === 'identical' ? [] : [{ ...tool, verdict, why: 'So it is.' }];
    assert.equal(said, expected, verdict);
  }
});

test('a verdict counts for its own project, platform and file', () => {
  const others = [
    fileVerdict({ project: 'org/other' }),
    fileVerdict({ platform: 'linux/arm64' }),
    fileVerdict({ name: 'tool2' }),
  ];
  const nobody = { ...tool, verdict: 'no-expectation' as const, why: 'No published hash speaks of it.' };
  for (const other of others) assert.equal(unverifiedPrograms([tool], [other]), [nobody]);
  assert.equal(unverifiedPrograms([tool], []), [nobody]);
  assert.equal(unverifiedPrograms([tool], [...others, fileVerdict()]), []);
});

test('every program of an image is looked at', () => {
  const arm = { ...tool, platform: 'linux/arm64' as const };
  const verdicts = [fileVerdict(), fileVerdict({ platform: 'linux/arm64', verdict: 'different' })];
  const said = unverifiedPrograms([tool, arm], verdicts);
  assert.equal(
    said.map(({ platform, verdict }) => `${platform} ${verdict}`),
    ['linux/arm64 different'],
  );
});

const compiled = { ...tool, file: 'pause', compiled: { by: 'registry.example.com/gcc@sha256:0' } };

test('a program in C is not held against verdicts: no hash of it was ever published', () => {
  assert.equal(unverifiedPrograms([compiled], []), []);
  assert.equal(
    unverifiedPrograms([compiled, tool], []).map(({ file }) => file),
    ['tool'],
  );
});

test('an image is verified, holds what nothing published speaks of, is not verified, or was not made', () => {
  const digest = ociSha('x');
  const different = { ...tool, verdict: 'different' as const, why: '' };
  assert.is(imageState({ digest, unverified: [], programs: [tool] }), 'verified');
  assert.is(imageState({ digest, unverified: [], programs: [tool, compiled] }), 'unpublished');
  assert.is(imageState({ digest, unverified: [different], programs: [tool, compiled] }), 'unverified');
  assert.is(imageState({ unverified: [], programs: [tool] }), 'not-made');
});

test.run();
