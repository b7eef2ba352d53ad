import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { artifacts, assets, check, checkSuite } from '../rig/check-world.ts';
import { siteFiles, writeSiteFiles } from '../rig/published-site.ts';

const sums = (name: string) => [name, `${name}.sha256`, `${name}.sha512`];

/** What upstream says the site of `org/kit` has; of `org/tool` it says nothing. */
const test = checkSuite('release check: lists of files', {
  'projects/org/kit/expected_artifacts': [
    ...sums('SHA256SUM'),
    ...sums('SHA512SUM'),
    ...sums('kit-linux-amd64-$GIT_TAG.tar.gz'),
  ]
    .map((path) => `${path}\n`)
    .join(''),
});

test("a site's folder has what the lists name, more, or less", async ({ world }) => {
  const folder = mkdtempSync(join(tmpdir(), 'site-'));
  try {
    writeSiteFiles(folder, siteFiles('https://elsewhere.example', assets()));
    const whole = await world.run(['release', 'check', folder]);
    assert.is(whole.code, 0, whole.stdout);
    assert.match(whole.stdout, /\nfiles +1 +1 +1\n/);
    const kit = join(folder, artifacts, 'kit/v2.0.0');
    writeFileSync(join(kit, 'more'), '');
    rmSync(join(kit, 'SHA512SUM.sha256'));
    const other = await world.run(['release', 'check', folder]);
    assert.is(other.code, 1);
    assert.match(
      other.stdout,
      'different: artifacts\n    It lacks kit/v2.0.0/SHA512SUM.sha256. No list names kit/v2.0.0/more.\n',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('sums that a list names and nobody has differ', async (context) => {
  context.site.files.delete(`${artifacts}/kit/v2.0.0/SHA256SUM`);
  context.site.files.delete(`${artifacts}/tool/v1.0.0/SHA256SUM`);
  const ran = await check(context);
  assert.is(ran.code, 1);
  assert.match(
    ran.stdout,
    "different: kit/v2.0.0/SHA256SUM\n    There is none: the server answered 404. Upstream's list",
  );
  assert.match(
    ran.stdout,
    'no-expectation: tool/v1.0.0/SHA256SUM: There is none: the server answered 404.\n',
  );
});

test.run();
