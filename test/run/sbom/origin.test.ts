import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Lock } from '../../../orchestrator/config/lock/lock.ts';
import { asRelativePath } from '../../../orchestrator/core/relative-path.ts';
import type { PatchPin } from '../../../orchestrator/plan/node-go.ts';
import { goOf, makingOf, projectOf } from '../../../orchestrator/run/sbom/origin.ts';
import { lockedWith, runReport, sha } from '../../rig/verdicts.ts';

const commit = 'd'.repeat(40);
const repository = 'https://github.com/aws/eks-distro';
const goRepository = 'https://github.com/aws/eks-distro-build-tooling';

function lockOf(given: Partial<Lock> = {}): Lock {
  const locked = lockedWith([]);
  const lock: Pick<Lock, 'release' | 'upstream' | 'goBuilds' | 'projects'> = {
    release: 'v1-30-eks-5' as Lock['release'],
    upstream: {
      ...{ repository, tree: 'release', differences: [] },
      releaseCommit: { commit, date: '2024-05-01T10:00:00Z' },
    },
    goBuilds: {
      '1.18.10-8@d31146fd': {
        ...{ version: '1.18.10', repository: goRepository, commit },
        patches: [
          { path: asRelativePath('0001-test.patch'), sha256: sha('test'), fixes: ['CVE-2023-0001'] },
          {
            path: asRelativePath('0002-http.patch'),
            sha256: 'unavailable',
            changes: ['net/http'],
            fixes: ['CVE-2023-0002'],
          },
        ],
      },
    },
    projects: {
      'org/tool': {
        ...locked,
        go: { version: '1.18.10', flavour: 'eks-go', build: '1.18.10-8@d31146fd', read: 'x', others: [] },
        patches: [
          {
            path: asRelativePath('a/0001-fix.patch'),
            sha256: sha('fix'),
            subject: 'Fix',
            fixes: ['CVE-2024-0001'],
          },
          { path: asRelativePath('a/0002-lost.patch'), sha256: 'unavailable' },
        ],
      },
      'org/plain': { ...locked, go: { version: '1.21.9', flavour: 'official', read: 'x', others: [] } },
    },
    ...given,
  };
  return lock as Lock;
}

const own: PatchPin = {
  path: asRelativePath('patches/org/tool/0001-Mine-CVE-2024-9999.patch'),
  ...{ sha256: sha('own'), from: { kind: 'user', file: '/somewhere/else' } },
};
const prepared = { userPatches: new Map([['org/tool', [own]]]) } as unknown as Parameters<
  typeof projectOf
>[1]['prepared'];

test("a project's patches are the release's and then the user's, without a path of the user's machine", () => {
  const at = { repository, commit };
  assert.equal(projectOf('org/tool', { lock: lockOf(), prepared })?.patches, [
    { path: 'a/0001-fix.patch', sha256: sha('fix'), at, subject: 'Fix', fixes: ['CVE-2024-0001'] },
    { path: 'a/0002-lost.patch', sha256: undefined, at, subject: undefined, fixes: [] },
    { path: 'patches/org/tool/0001-Mine-CVE-2024-9999.patch', sha256: sha('own'), fixes: ['CVE-2024-9999'] },
  ]);
  assert.is(projectOf('toString', { lock: lockOf(), prepared }), undefined);
});

test('of a Go those patches are told that come into programs', () => {
  assert.equal(goOf('org/tool', lockOf()), {
    flavour: 'eks-go',
    build: '1.18.10-8@d31146fd',
    patches: [
      {
        ...{ path: '0002-http.patch', sha256: undefined, fixes: ['CVE-2023-0002'] },
        at: { repository: goRepository, commit },
      },
    ],
  });
  assert.equal(goOf('org/plain', lockOf()), { flavour: 'official', patches: [] });
  assert.is(goOf('__proto__', lockOf()), undefined);
});

test('bills are dated by the release, and by nothing where it has no date', () => {
  const report = runReport([]);
  assert.is(makingOf({ lock: lockOf(), report }).date, '2024-05-01T10:00:00Z');
  const upstream: Lock['upstream'] = { repository, tree: 'tag', differences: [] };
  assert.is(makingOf({ lock: lockOf({ upstream }), report }).date, '1970-01-01T00:00:00Z');
});

test.run();
