import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { isVerified } from '../../orchestrator/report/image-report.ts';
import { verdictNames } from '../../orchestrator/verify/verdict.ts';
import { unverifiedPrograms } from '../../orchestrator/verify/verify-image.ts';
import { ociSha } from '../rig/image-report.ts';
import { fileVerdict } from '../rig/verdicts.ts';

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

test('an image that was not made is not verified either', () => {
  assert.ok(isVerified({ digest: ociSha('x'), unverified: [] }));
  assert.not.ok(isVerified({ unverified: [] }));
  assert.not.ok(
    isVerified({ digest: ociSha('x'), unverified: [{ ...tool, verdict: 'different', why: '' }] }),
  );
});

test.run();
