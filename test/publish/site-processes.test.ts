import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { lookAtPlace } from '../../orchestrator/publish/former-site.ts';
import type { SiteContent } from '../../orchestrator/publish/site-content.ts';
import { identify } from '../../orchestrator/store/process-life.ts';
import { beside, contentOf, lay, siteIn } from '../rig/laid-site.ts';
import { sha256 } from '../rig/manifests.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ folder: string; site: SiteContent; output: string }>('a site, and other processes');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'eksd-site-'));
  context.output = join(context.folder, 'site');
  context.site = siteIn(context.folder);
});

test.after.each(({ folder }: { folder: string }) => rmSync(folder, { recursive: true, force: true }));

test('what a killed process left aside is put back behind a link, which leads nowhere while the site is aside', async ({
  site,
  output,
  folder,
}) => {
  mkdirSync(join(folder, 'far'));
  await lay(site, join(folder, 'far', 'real'));
  symlinkSync('far/real', output);
  const before = contentOf(output);
  renameSync(join(folder, 'far', 'real'), join(folder, 'far', '.real.eksd-rebuild-former'));
  const place = await lookAtPlace(output, 'site');
  assert.ok(place.ok, 'a build begins with that');
  assert.equal(await lay(site, output), { ok: true, value: { files: 14, isNew: false } });
  assert.equal(contentOf(output), before);
  assert.equal([beside(folder), readdirSync(join(folder, 'far'))], [['far', 'site'], ['real']]);
});

test('what another process lays out meanwhile is left to it, and not what a gone one did', async ({
  site,
  output,
  folder,
}) => {
  // A process of another cache, so that no lock keeps the two apart; the parent lives, and no process has the last number.
  const { pid, started = '', host } = identify(process.ppid, 'here');
  const nameOf = (number: number, where: string) =>
    `.site.eksd-rebuild-new-${number}-${started}-${sha256(where).slice(0, 12)}-abcdef`;
  const [living, gone, elsewhere] = [nameOf(pid, host), nameOf(2 ** 22 + 1, host), nameOf(1, 'there')];
  for (const name of [living, gone, elsewhere]) mkdirSync(join(folder, name));
  assert.equal(await lay(site, output), { ok: true, value: { files: 14, isNew: true } });
  assert.equal([...beside(folder)].sort(), [living, elsewhere, 'site'].sort());
  // Of those that cannot be seen, a day tells.
  utimesSync(join(folder, elsewhere), 0, 0);
  await lay(site, output);
  assert.equal([...beside(folder)].sort(), [living, 'site'].sort());
});

test('several at once each put a whole site there', async ({ site, output, folder }) => {
  const all = await Promise.all([1, 2, 3, 4].map((number) => lay({ ...site, number }, output)));
  assert.ok(
    all.every(({ ok }) => ok),
    JSON.stringify(all),
  );
  assert.is(Object.keys(contentOf(output)).length, 14);
  assert.equal(beside(folder), ['site']);
});

test.run();
