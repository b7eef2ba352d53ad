import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { holds } from '../../orchestrator/plan/condition.ts';

const subject = { tag: 'v3.5.13', date: '2024-05-01T23:30:00-05:00', branch: '1-30' };

test('ranges are held against the tag, days against the date of the commit that was read', () => {
  assert.ok(holds(undefined, subject));
  assert.ok(holds({ version: '>=3.5.0-0 <3.6.0-0' }, subject));
  assert.not.ok(holds({ version: '<3.5.0' }, subject));
  assert.ok(holds({ from: '2024-05-02' }, subject));
  assert.not.ok(holds({ before: '2024-05-02' }, subject));
  assert.ok(holds({ before: '2024-05-03' }, subject));
  assert.not.ok(holds({ version: '>=3.0.0', from: '2024-05-03' }, subject));
});

test('a branch counts as the version of Kubernetes that it is of', () => {
  assert.ok(holds({ branch: '>=1.22' }, subject));
  assert.ok(holds({ branch: '>=1.9' }, subject));
  assert.not.ok(holds({ branch: '<1.22 || >=1.31' }, subject));
  assert.ok(holds({ branch: '1.20 || 1.21' }, { ...subject, branch: '1-21' }));
});

test('a tag with more than a version in it is read by its version', () => {
  assert.ok(holds({ version: '>=0.7.18-0 <0.7.18' }, { ...subject, tag: 'v0.7.18-cvefix' }));
  assert.ok(holds({ version: '^1.2.0' }, { ...subject, tag: 'tool-1.2.3' }));
  assert.ok(holds({ version: '>=3.5.0-0' }, { ...subject, tag: 'v3.5.0-rc.1' }));
});

test.run();
