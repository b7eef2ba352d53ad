import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { summaryStatement } from '../../orchestrator/statement/summary.ts';
import { fileVerdict, runReport, sha } from '../rig/verdicts.ts';

const good = fileVerdict({ expected: sha('a'), found: sha('a') });
const bad = fileVerdict({
  ...{ platform: 'linux/arm64', verdict: 'different', expected: sha('b'), found: sha('x') },
});
const unknown = fileVerdict({ name: 'other', verdict: 'no-expectation', found: sha('o'), comparable: false });
const evidence = [{ path: 'sha256/a/equivalence.intoto.json', sha256: sha('text') }];

function of(...verdicts: readonly (typeof good)[]) {
  const statement = summaryStatement(runReport(verdicts), evidence);
  const predicate = statement?.predicate as Record<string, unknown> | undefined;
  return { subject: statement?.subject, predicate };
}

test('passed where every file that can be compared is what was published', () => {
  const { predicate, subject } = of(good, unknown);
  assert.equal(
    [predicate?.['verificationResult'], predicate?.['verifiedLevels']],
    ['PASSED', ['EKSD_REBUILD_IDENTICAL']],
  );
  assert.equal(subject, [
    { name: 'v1-30-eks-5.lock', digest: { sha256: sha('lock') } },
    { name: 'org/tool/linux/amd64/tool', digest: { sha256: sha('a') } },
  ]);
  assert.equal(predicate?.['urn:eksd-rebuild:totals'], { identical: 1, comparable: 1, all: 2 });
  assert.equal(predicate?.['urn:eksd-rebuild:scope'], {
    ...{ projects: ['org/tool'], platforms: ['linux/amd64'] },
  });
  assert.equal(predicate?.['inputAttestations'], [
    { uri: 'sha256/a/equivalence.intoto.json', digest: { sha256: sha('text') } },
  ]);
  assert.not.match(JSON.stringify(predicate), '2026');
});

test('failed where one differs, or was not built', () => {
  assert.is(of(good, bad).predicate?.['verificationResult'], 'FAILED');
  const unbuilt = fileVerdict({ name: 'ctl', verdict: 'build-failed', expected: sha('c') });
  assert.is(of(good, unbuilt).predicate?.['verificationResult'], 'FAILED');
  const nameless = fileVerdict({ name: '*', verdict: 'build-failed' });
  assert.is(of(good, nameless).predicate?.['verificationResult'], 'FAILED');
});

test('nothing is said where nothing could be compared', () => {
  assert.is(summaryStatement(runReport([unknown]), []), undefined);
});

test.run();
