import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findLicenseFiles, licenseFileKind } from '../../../orchestrator/task/licenses/files.ts';
import { writeFiles } from '../../rig/world.ts';

test('a file is what its name says', () => {
  const kinds: Readonly<Record<string, string>> = {
    LICENSE: 'license',
    'LICENSE.txt': 'license',
    'license.md': 'license',
    LICENCE: 'license',
    UNLICENSE: 'license',
    'LICENSE.libyaml': 'license',
    LICENSE_WINDOWS: 'license',
    'LICENSE-APACHE': 'license',
    'MIT-LICENSE.txt': 'license',
    'COPYING.LESSER': 'license',
    COPYRIGHT: 'license',
    PATENTS: 'license',
    NOTICE: 'notice',
    'NOTICE.txt': 'notice',
    'THIRD-PARTY-LICENSES': 'notice',
    'LICENSE-3rdparty.csv': 'notice',
    AUTHORS: 'authors',
    'CONTRIBUTORS.md': 'authors',
    'README.md': 'readme',
  };
  for (const [name, kind] of Object.entries(kinds)) assert.is(licenseFileKind(name), kind, name);
  const others = [
    'license.go',
    'license_test.go',
    'check_license.sh',
    'checklicense',
    'license.yml',
    'noticed',
  ];
  const more = ['.license-header', 'patentsfoo', 'CONTRIBUTING.md', 'copying.go', 'licensed', 'readmefirst'];
  for (const name of [...others, ...more]) assert.is(licenseFileKind(name), undefined, name);
});

test('a link is followed within its module, and no further; a folder is no file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'license-files-'));
  writeFiles(folder, { 'module/LICENSE': 'terms', 'secret/NOTICE': 'of others' });
  mkdirSync(join(folder, 'module/api/COPYING'), { recursive: true });
  symlinkSync('../LICENSE', join(folder, 'module/api/LICENSE'));
  symlinkSync('../../secret/NOTICE', join(folder, 'module/api/NOTICE'));
  symlinkSync('nowhere', join(folder, 'module/api/PATENTS'));
  const found = await findLicenseFiles(join(folder, 'module/api'), join(folder, 'module'));
  assert.equal(
    found.map(({ name, path }) => [name, path.endsWith('/module/LICENSE')]),
    [['LICENSE', true]],
  );
  assert.equal(await findLicenseFiles(join(folder, 'gone'), folder), []);
  rmSync(folder, { recursive: true });
});

test.run();
