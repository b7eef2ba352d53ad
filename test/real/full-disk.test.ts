import { execFileSync, spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
  statfsSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { onGo } from '../rig/fake-go.ts';
import { endsOf, reportOf } from '../rig/report.ts';
import { newWorld } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** A cache on a file system of its own, in memory; only root can mount one. */
function mount(folder: string, size: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder]).status === 0;
}

const probe = mkdtempSync(join(tmpdir(), 'mount-'));
const canMount = mount(probe, '1m');
if (canMount) execFileSync('umount', [probe]);
rmdirSync(probe);

/** Takes all but some room of a file system. */
function fill(file: string, left: number): void {
  const descriptor = openSync(file, 'w');
  const page = Buffer.alloc(4096, 1);
  const free = () => {
    const { bavail, bsize } = statfsSync(dirname(file));
    return bavail * bsize;
  };
  while (free() > left) writeSync(descriptor, page);
  closeSync(descriptor);
}

(canMount ? test : test.skip)(
  'a disk that is full, at whatever point: 4 and one cause, and what was finished is kept',
  async () => {
    const world = await newWorld();
    rmSync(world.cache, { recursive: true });
    mkdirSync(world.cache);
    assert.ok(mount(world.cache, '2m'));
    // What takes the room is no part of it: a folder with strange files is refused.
    const cache = ['--cache', join(world.cache, 'store')];
    try {
      let full = 0;
      for (const left of [0, 32, 64, 96, 128, 192, 256, 384]) {
        rmSync(join(world.cache, 'ballast'), { force: true });
        fill(join(world.cache, 'ballast'), left * 1024);
        const ran = await world.run(['verify', release, ...cache]);
        const said = ran.stdout + ran.stderr;
        if (ran.code === 0) break;
        full += 1;
        assert.is(ran.code, 4, `${left} KiB left: ${said}`);
        assert.match(ran.stderr, /Only 0\.0 GiB are free at \S+: to build one project takes more/);
        assert.match(said, /The disk is full: \S+\. Free some room \(eksd-rebuild cache gc\)/);
      }
      assert.ok(full >= 3, `only ${full} runs had no room`);
      rmSync(join(world.cache, 'ballast'));
      const check = await world.run(['cache', 'check', ...cache]);
      assert.is(check.code, 0, check.stdout);
      const again = await world.run(['verify', release, ...cache]);
      assert.is(again.code, 0, again.stdout);
      assert.match(again.stdout, 'identical / comparable / all: 6 / 6 / 7.');
    } finally {
      execFileSync('umount', ['-l', world.cache]);
    }
  },
);

(canMount ? test : test.skip)(
  'a build that writes without end: it is stopped, the others are not, and the store has room',
  async () => {
    const world = await newWorld();
    rmSync(world.cache, { recursive: true });
    mkdirSync(world.cache);
    assert.ok(mount(world.cache, '128m'));
    try {
      const writing = 'while :; do head -c 1000000 /dev/zero; sleep 0.01; done > it-fills-the-disk';
      onGo(world.folder, 'build', `[ "$GOOS/$GOARCH" != linux/arm64 ] || { ${writing}; exit 1; }`);
      const ran = await world.run(['verify', release, '--project', 'tool']);
      assert.is(ran.code, 4, ran.stdout + ran.stderr);
      assert.match(
        ran.stdout,
        /The disk is full: .* This task had written [0-9]+ MiB there when [0-9]+ MiB were left, and was stopped\./,
      );
      const ends = endsOf(reportOf(world, release));
      assert.ok(ends.includes('go-build org/tool linux/amd64: ran'), ends.join('\n'));
      assert.ok(ends.includes('go-build org/tool linux/arm64: failed'), ends.join('\n'));
      const { bavail, bsize } = statfsSync(world.cache);
      assert.ok(bavail * bsize > 100e6, `${bavail * bsize} bytes are free`);
      assert.equal(readdirSync(join(world.cache, 'tmp')), []);
      onGo(world.folder, 'build', ':');
      assert.is((await world.run(['verify', release, '--project', 'tool'])).code, 0);
    } finally {
      execFileSync('umount', ['-l', world.cache]);
    }
  },
);

test.run();
