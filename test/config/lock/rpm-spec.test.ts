import * as assert from 'uvu/assert';
import { patchesBySpec } from '../../../orchestrator/config/lock/rpm-spec.ts';
import { suite } from '../../rig/suite.ts';

const test = suite('the patches of a spec file');

test('a patch without a number has the one after the last, from 0; names may have a folder', () => {
  assert.equal(patchesBySpec('Patch: a.patch\nPatch: sub/b.patch\n%prep\n%patch1 -p1\n%patch -p1\n'), [
    'b.patch',
    'a.patch',
  ]);
});

test('what is written about patches applies none', () => {
  assert.equal(patchesBySpec('Patch1: a.patch\n%changelog\n- %patch1 was wrong\n%patches\n'), []);
});

test.run();
