import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LockedProject } from '../../../orchestrator/config/lock/lock.ts';
import { earlierPatches, explainExpectation } from '../../../orchestrator/verdict/explain/expectation.ts';
import { samplePins } from '../../rig/pins.ts';

function explained(given: object) {
  const project = samplePins().projects['org/tool'];
  return explainExpectation({
    ...project,
    checksums: { ...project?.checksums, ...given },
  } as unknown as LockedProject);
}

test('nothing speaks against a hash that upstream compared, and that nothing is newer than', () => {
  assert.is(explained({ authority: 'built' }), undefined);
  assert.is(explainExpectation({ patches: [] } as unknown as LockedProject), undefined);
});

test('one that upstream copied, or did not compare, says nothing of this tag; the file that says so is named', () => {
  const copied = explained({ authority: 'copied', because: 'projects/org/tool/Makefile:3' });
  assert.equal([copied?.rule, copied?.confidence], ['expectation', 'high']);
  assert.match(copied?.cause ?? '', 'copied');
  assert.match(copied?.evidence.join('\n') ?? '', 'projects/org/tool/Makefile:3');
  assert.match(explained({ authority: 'unchecked' })?.cause ?? '', 'did not compare');
});

test('one that is older than a patch beside it: both with day and commit', () => {
  const newer = [
    {
      path: 'projects/org/tool/1-30/patches/a.patch',
      changed: '2024-06-01T23:00:00Z',
      changedBy: 'c'.repeat(40),
    },
  ];
  const stale = explained({
    authority: 'built',
    changed: '2024-05-01T01:00:00Z',
    changedBy: 'd'.repeat(40),
    newer,
  });
  assert.match(stale?.evidence.join('\n') ?? '', /on 2024-05-01 \(commit d{12}\)/);
  assert.match(
    stale?.evidence.join('\n') ?? '',
    /a\.patch was changed after it, on 2024-06-01 \(commit c{12}\)/,
  );
});

test('what the hash is older than is left out by a variant of its own', () => {
  const project = {
    patches: [{ path: 'p/0001' }, { path: 'p/0002' }],
    checksums: { newer: [{ path: 'p/0002' }, { path: 'p/GIT_TAG' }] },
  } as unknown as LockedProject;
  assert.equal(
    earlierPatches(project).map(({ override }) => override),
    [{ patches: ['p/0001'] }],
  );
  assert.equal(earlierPatches({ patches: [], checksums: { newer: [{ path: 'p/GIT_TAG' }] } } as never), []);
});

test.run();
