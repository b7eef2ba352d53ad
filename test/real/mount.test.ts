import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { canMount } from '../rig/kubernetes-oracle.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ folder: string }>('a folder that is seen elsewhere');
const run = createRunProcess({ isolation: noIsolation, now: Date.now });

/** Runs a shell script that sees `<folder>/real` at `at`. */
async function see(folder: string, at: string, cwd: string, script: string, path = '/usr/bin:/bin') {
  const scratch = join(folder, `scratch-${readdirSync(folder).length}`);
  mkdirSync(scratch);
  return run({
    program: '/bin/sh',
    args: ['-c', script],
    cwd,
    env: { PATH: path, PWD: cwd, LC_ALL: 'C' },
    network: 'none',
    mounted: { folder: join(folder, 'real'), at, scratch },
  });
}

if (!canMount()) {
  test('is left out: this machine lets nobody mount anything', () => undefined);
} else {
  test.before((context) => {
    // Below /tmp, which is the first folder on the way in one of the tests.
    context.folder = mkdtempSync(join(tmpdir(), 'mount-'));
    const { folder } = context;
    mkdirSync(join(folder, 'real', 'sub'), { recursive: true });
    writeFileSync(join(folder, 'real', 'file'), 'content\n');
    mkdirSync(join(folder, 'beside', 'deep'), { recursive: true });
    writeFileSync(join(folder, 'beside', '.hidden'), 'hidden\n');
    symlinkSync('beside', join(folder, 'link'));
  });
  test.after(({ folder }) => rmSync(folder, { recursive: true }));

  test('is there, can be written to, and is not there afterwards', async ({ folder }) => {
    const at = '/home/nobody-is-called-so/a/b';
    const seen = await see(folder, at, `${at}/sub`, 'pwd; cat ../file; echo new >made');
    assert.equal([seen.exitCode, seen.stdout], [0, `${at}/sub\ncontent\n`]);
    assert.ok(existsSync(join(folder, 'real', 'sub', 'made')));
    assert.not.ok(existsSync('/home/nobody-is-called-so'));
  });

  test('what else is on the way stays: folders, hidden files and links, and the folder itself at its own place', async ({
    folder,
  }) => {
    const at = join(folder, 'beside', 'deep', 'er');
    const script = `cat file; cat ${folder}/beside/.hidden ${folder}/link/.hidden ${folder}/real/file; ls -A ${folder}/beside/deep`;
    const seen = await see(folder, at, at, script);
    assert.is(seen.stdout, 'content\nhidden\nhidden\ncontent\ner\n', seen.stderr);
    assert.equal(readdirSync(join(folder, 'beside', 'deep')), []);
  });

  test('two at once do not see each other', async ({ folder }) => {
    const at = '/home/both/here';
    const slow = see(folder, at, at, 'sleep 0.2; ls');
    const quick = see(folder, '/home/both/there', '/home/both/there', 'ls ..');
    assert.equal([(await slow).exitCode, (await quick).stdout], [0, 'there\n']);
  });

  test("the command's own exit code and output are passed on", async ({ folder }) => {
    const seen = await see(folder, '/home/x/y', '/home/x/y', 'echo broken >&2; exit 7');
    assert.equal([seen.exitCode, seen.stderr, seen.spawnError], [7, 'broken\n', undefined]);
  });

  test('where the first folder on the way is not there, it says so and runs nothing', async ({ folder }) => {
    const seen = await see(folder, '/not-there/x', '/not-there/x', 'echo ran');
    assert.equal([seen.exitCode, seen.stdout], [undefined, '']);
    assert.match(seen.spawnError ?? '', 'there is no folder /not-there');
  });

  test('where nobody may mount, it says so and runs nothing', async ({ folder }) => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'unshare'), '#!/bin/sh\necho not permitted >&2\nexit 1\n', { mode: 0o755 });
    const seen = await see(folder, '/home/x/y', '/home/x/y', 'echo ran', `${bin}:/usr/bin:/bin`);
    assert.equal([seen.exitCode, seen.stdout, seen.spawnError], [undefined, '', 'not permitted']);
  });

  test('a user without rights mounts in a user namespace, where the machine allows one', async ({
    folder,
  }) => {
    const nobody = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
    const tried = 'unshare --user --map-root-user --mount true';
    try {
      execFileSync(nobody[0] ?? '', [...nobody.slice(1), 'sh', '-c', tried], { stdio: 'ignore' });
    } catch {
      return;
    }
    const bin = join(folder, 'user-bin');
    mkdirSync(bin);
    execFileSync('chmod', ['-R', 'a+rwX', folder]);
    // As that user: the whole command is started through setpriv, in the place of unshare's first try.
    writeFileSync(
      join(bin, 'unshare'),
      `#!/bin/sh\nif [ "$1" = --mount ]; then exit 1; fi\nPATH=/usr/bin:/bin exec ${nobody.join(' ')} unshare "$@"\n`,
      { mode: 0o755 },
    );
    const at = '/home/other/place';
    const seen = await see(folder, at, at, 'cat file; pwd', `${bin}:/usr/bin:/bin`);
    assert.is(seen.stdout, `content\n${at}\n`, seen.spawnError ?? seen.stderr);
  });
}

test.run();
