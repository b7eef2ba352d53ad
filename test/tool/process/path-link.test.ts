import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { openStore } from '../../../orchestrator/store/open-store.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { whyNoMounts } from '../../../orchestrator/tool/process/mount.ts';
import { type PathLinks, whyNotLinked, withPathLink } from '../../../orchestrator/tool/process/path-link.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { diskFolder } from '../../rig/disk-folder.ts';
import { suite } from '../../rig/suite.ts';
import { unprivileged } from '../../rig/unprivileged.ts';
import { must, storeOptions } from '../../store/fixture.ts';

const test = suite<{ folder: string; links: PathLinks }>('a path that is a link for a while');
const never = new AbortController().signal;

test.before.each((context) => {
  context.folder = diskFolder('path-link-');
  mkdirSync(join(context.folder, 'real'));
  writeFileSync(join(context.folder, 'real', 'file'), 'content\n');
  context.links = { folder: join(context.folder, 'links'), withLock: (_name, _signal, body) => body() };
});
test.after.each(({ folder }) => rmSync(folder, { recursive: true, force: true }));

test('it leads there meanwhile, and all that was made for it is gone afterwards', async ({
  folder,
  links,
}) => {
  mkdirSync(join(folder, 'home'));
  const at = join(folder, 'home', 'a', 'b', 'c');
  const seen = await withPathLink(at, join(folder, 'real'), links, never, async () => {
    assert.ok(lstatSync(at).isSymbolicLink());
    return readFileSync(join(at, 'file'), 'utf8');
  });
  assert.equal(seen, { ok: true, value: 'content\n' });
  assert.equal(readdirSync(join(folder, 'home')), []);
  assert.equal(readdirSync(join(folder, 'links')), []);
  assert.ok(existsSync(join(folder, 'real', 'file')));
});

test('it goes where the body throws; what others have put into a folder meanwhile stays', async ({
  folder,
  links,
}) => {
  const at = join(folder, 'a', 'b', 'c');
  const broken = withPathLink(at, join(folder, 'real'), links, never, async () => {
    writeFileSync(join(folder, 'a', 'other'), '');
    throw new Error('a bug');
  });
  await broken.then(
    () => assert.unreachable(),
    (error) => assert.is(error.message, 'a bug'),
  );
  assert.equal(readdirSync(join(folder, 'a')), ['other']);
});

test('nothing is made over what is there, in folders of the system, or at the root', async ({
  folder,
  links,
}) => {
  writeFileSync(join(folder, 'taken'), 'mine');
  symlinkSync('taken', join(folder, 'linked'));
  mkdirSync(join(folder, 'public'));
  chmodSync(join(folder, 'public'), 0o777);
  const cases: readonly (readonly [at: string, why: RegExp])[] = [
    [join(folder, 'taken'), /something is there already/],
    [join(folder, 'real'), /something is there already/],
    [join(folder, 'linked'), /it is a link to taken already/],
    [join(folder, 'taken', 'below'), /is no folder/],
    [join(folder, 'public', 'x'), /everybody may write in .*public/],
    ['/not-there-at-all/x/y', /there is no folder \/not-there-at-all$/],
    ['/not-there-at-all', /there is no folder \/not-there-at-all$/],
    ['/usr/not-there/x', /among the folders of the system/],
    ['/var/lib/not-there/x', /among the folders of the system/],
    ['/etc/x', /among the folders of the system/],
  ];
  for (const [at, why] of cases) {
    const refused = await withPathLink(at, join(folder, 'real'), links, never, async () => 'ran');
    assert.ok(!refused.ok && refused.error.reason === 'path-unavailable', at);
    assert.match(refused.error.detail, why);
    assert.match((await whyNotLinked(at)) ?? '', why);
  }
  assert.is(readFileSync(join(folder, 'taken'), 'utf8'), 'mine');
  assert.not.ok(existsSync('/not-there-at-all'));
});

test('who may not write there is told', async ({ folder, links }) => {
  const [own, foreign] = [join(folder, 'own'), join(folder, 'foreign')];
  for (const each of [own, foreign, links.folder]) mkdirSync(each);
  chmodSync(folder, 0o755);
  execFileSync('chmod', ['777', links.folder]);
  await unprivileged(own, async () => {
    const fine = await withPathLink(join(own, 'a', 'b'), '/', links, never, async () => 'ran');
    assert.ok(fine.ok);
    const refused = await withPathLink(join(foreign, 'a', 'b'), '/', links, never, async () => 'ran');
    assert.ok(!refused.ok && refused.error.reason === 'path-unavailable');
    // Of who only has the effective rights of another, the system says it later.
    assert.match(refused.error.detail, /nothing can be made in|EACCES/);
  });
});

test('of two at once, of one store or of two, each has the path alone', async ({ folder }) => {
  const stores = [
    must(await openStore(join(folder, 'store'), storeOptions())),
    must(await openStore(join(folder, 'store'), storeOptions())),
  ];
  const at = join(folder, 'up', 'stream');
  let inside = 0;
  const one = (number: number) => {
    mkdirSync(join(folder, `${number}`));
    const withLock: PathLinks['withLock'] = (name, signal, body) =>
      (stores[number % 2] as (typeof stores)[number]).withLock(name, signal, body);
    return withPathLink(
      at,
      join(folder, `${number}`),
      { folder: join(folder, 'links'), withLock },
      never,
      async () => {
        inside += 1;
        assert.is(inside, 1);
        await setTimeout(5);
        assert.is(readlinkSync(at), join(folder, `${number}`));
        inside -= 1;
      },
    );
  };
  const results = await Promise.all([0, 1, 2, 3].map(one));
  assert.ok(results.every(({ ok }) => ok));
  assert.not.ok(existsSync(join(folder, 'up')));
  for (const store of stores) await store.close();
});

test('without a lock between them, the second is refused and leaves the first alone', async ({
  folder,
  links,
}) => {
  const at = join(folder, 'up', 'stream');
  const others = { ...links, folder: join(folder, 'other-links') };
  const first = await withPathLink(at, join(folder, 'real'), links, never, async () => {
    const second = await withPathLink(at, folder, others, never, async () => 'ran');
    assert.ok(!second.ok && second.error.reason === 'path-unavailable');
    assert.match(second.error.detail, `it is a link to ${join(folder, 'real')} already`);
    return readlinkSync(at);
  });
  assert.equal(first, { ok: true, value: join(folder, 'real') });
  assert.not.ok(existsSync(join(folder, 'up')));
});

test('what a killed process left is taken away by the next one', async ({ folder, links }) => {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const at = join(folder, 'up', 'str', 'eam');
  const script = `
    const { withPathLink } = await import('${join(root, 'orchestrator', 'tool', 'process', 'path-link.ts')}');
    const links = { folder: ${JSON.stringify(links.folder)}, withLock: (_name, _signal, body) => body() };
    await withPathLink(${JSON.stringify(at)}, '/gone', links, new AbortController().signal, () => {
      process.stdout.write('made');
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    });`;
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  assert.is(readlinkSync(at), '/gone');
  const next = await withPathLink(at, join(folder, 'real'), links, never, async () => readlinkSync(at));
  assert.equal(next, { ok: true, value: join(folder, 'real') });
  assert.not.ok(existsSync(join(folder, 'up')));
});

test('who is interrupted while waiting makes nothing', async ({ folder, links }) => {
  const at = join(folder, 'up', 'stream');
  const refused = await withPathLink(at, join(folder, 'real'), links, AbortSignal.abort(), async () => 'ran');
  assert.ok(!refused.ok && refused.error.reason === 'aborted');
  assert.not.ok(existsSync(join(folder, 'up')));
});

test('why nothing can be mounted is what unshare says, or mount', async ({ folder }) => {
  const run = createRunProcess({ isolation: noIsolation, now: Date.now });
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const fake = (name: string, script: string) =>
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  fake('unshare', 'echo namespaces are not allowed >&2; exit 1');
  const path = `${bin}:/usr/bin:/bin`;
  assert.is(await whyNoMounts(run, path, folder), 'namespaces are not allowed');
  fake('unshare', 'while :; do case $1 in -*) shift ;; *) exec "$@" ;; esac; done');
  fake('mount', 'echo mounts are not allowed >&2; exit 32');
  assert.is(await whyNoMounts(run, path, folder), 'mounts are not allowed');
  fake('mount', 'exit 0');
  assert.is(await whyNoMounts(run, path, folder), undefined);
});

test.run();
