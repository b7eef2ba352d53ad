import { spawnSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { suite } from '../rig/suite.ts';
import { newWorld, type World } from '../rig/world.ts';

const test = suite<{ world: World }>('descriptors');

test.before(async (context) => {
  context.world = await newWorld();
});

test('what was open where the program was started is open in no program that it calls', ({ world }) => {
  const bin = join(world.folder, 'telling');
  mkdirSync(bin);
  writeFileSync(join(world.folder, 'secret'), '');
  const git = `#!/bin/sh\nls -l /proc/self/fd >>${world.folder}/open\necho git version 2.40.0\n`;
  writeFileSync(join(bin, 'git'), git, { mode: 0o755 });
  const secret = openSync(join(world.folder, 'secret'), 'r');
  const ran = spawnSync(
    process.execPath,
    [
      '--import',
      import.meta.resolve('tsx'),
      join(import.meta.dirname, '../../orchestrator/cli.ts'),
      'doctor',
    ],
    {
      cwd: world.root,
      env: { ...process.env, PATH: `${bin}:${process.env['PATH']}`, EKSD_REBUILD_CACHE: world.cache },
      stdio: ['ignore', 'pipe', 'pipe', 'ignore', 'ignore', secret],
    },
  );
  closeSync(secret);
  const open = readFileSync(join(world.folder, 'open'), 'utf8');
  assert.match(open, ' 1 -> ', String(ran.stderr));
  assert.not.match(open, '/secret');
});

test.run();
