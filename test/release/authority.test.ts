import * as assert from 'uvu/assert';
import { authorityOf } from '../../orchestrator/release/authority.ts';
import { suite } from '../rig/suite.ts';

const test = suite('authority');

const scenarios: readonly (readonly [name: string, makefile: string, overrides: string, expected: string])[] =
  [
    ['says nothing', 'REPO=etcd\n', '', 'built'],
    ['skips the comparison', 'REPO=etcd\nSKIP_CHECKSUM_VALIDATION=true\n', '', 'unchecked Makefile:2'],
    ['skips with ?= and spaces', 'SKIP_CHECKSUM_VALIDATION ?= true \n', '', 'unchecked Makefile:1'],
    ['copies', '\nBUILD_ARTIFACTS?=false\n', '', 'copied Makefile:2'],
    ['copies with :=', 'BUILD_ARTIFACTS:=false\n', '', 'copied Makefile:1'],
    ['copies and skips', 'SKIP_CHECKSUM_VALIDATION=true\nBUILD_ARTIFACTS=false\n', '', 'copied Makefile:2'],
    ['copies in the overrides', '', 'X=1\nBUILD_ARTIFACTS=false\n', 'copied Overrides.mk:2'],
    [
      'skips, and the overrides compare',
      'SKIP_CHECKSUM_VALIDATION=true\n',
      'SKIP_CHECKSUM_VALIDATION=false\n',
      'built',
    ],
    [
      'skips, and the overrides have a default',
      'SKIP_CHECKSUM_VALIDATION=true\n',
      'SKIP_CHECKSUM_VALIDATION?=false\n',
      'unchecked Makefile:1',
    ],
    ['says true of BUILD_ARTIFACTS', 'BUILD_ARTIFACTS=true\n', '', 'built'],
    [
      'only mentions it',
      '# BUILD_ARTIFACTS=false\nifeq ($(BUILD_ARTIFACTS),false)\n\techo SKIP_CHECKSUM_VALIDATION=true\n',
      '',
      'built',
    ],
    ['has a longer name', 'MY_BUILD_ARTIFACTS=false\nBUILD_ARTIFACTS_X=false\n', '', 'built'],
  ];
for (const [name, makefile, overrides, expected] of scenarios) {
  test(`a makefile that ${name}: ${expected}`, () => {
    const makefiles = [
      { path: 'Makefile', text: makefile },
      { path: 'Overrides.mk', text: overrides },
    ];
    const { authority, because } = authorityOf(makefiles);
    assert.is([authority, because].filter((text) => text !== undefined).join(' '), expected);
  });
}

test.run();
