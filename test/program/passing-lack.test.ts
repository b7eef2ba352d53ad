import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { forgetGoCalls, goCalls, onGo } from '../rig/fake-go.ts';
import { reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World, writeFiles } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: World }>('a module that cannot be had for a while');

/** A patch of the user's own that gives a project a vendor folder. */
const vendoring = `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: Someone <someone@example.com>
Date: Wed, 1 May 2024 10:00:00 +0000
Subject: [PATCH] Vendor

---
diff --git a/vendor/modules.txt b/vendor/modules.txt
new file mode 100644
--- /dev/null
+++ b/vendor/modules.txt
@@ -0,0 +1 @@
+# a.b/gone v1.0.0
--
2.39.5
`;

const gone = 'go: a.b/gone@v1.0.0: reading https://proxy.test.example/a.b/gone/@v/v1.0.0.mod: 404 Not Found';

test.before.each(async (context) => {
  context.world = await newWorld();
  writeFiles(context.world.root, { 'patches/org/tool/0001-vendor.patch': vendoring });
});

/** Whether what cannot be had is so for now: a file, which the fake go looks for. */
function lose({ folder }: World): () => void {
  const file = join(folder, 'goroot', 'gone');
  writeFileSync(file, '');
  for (const word of ['list', 'mod'] as const)
    onGo(
      folder,
      word,
      `case $* in *tool*|*gone*) [ ! -f '${file}' ] || { echo '${gone}' >&2; exit 1; } ;; esac`,
    );
  return () => rmSync(file);
}

async function notesOf(world: World, ...options: readonly string[]): Promise<string> {
  forgetGoCalls(world.folder);
  const ran = await world.run([
    'verify',
    release,
    '--project',
    'tool',
    '--platform',
    'linux/amd64',
    ...options,
  ]);
  assert.ok([0, 5].includes(ran.code), ran.stdout + ran.stderr);
  return JSON.stringify(reportOf(world, release).nodes.map(({ notes }) => notes));
}

for (const option of ['--recheck', '--fresh']) {
  test(`is asked for again with ${option}, and the project's own vendor folder has had its day`, async ({
    world,
  }) => {
    const find = lose(world);
    const today = new Date().toISOString().slice(0, 10);
    assert.match(
      await notesOf(world),
      `a.b/gone@v1.0.0 could not be fetched on ${today} (GOPROXY: https://proxy.`,
    );
    assert.match(await notesOf(world), 'could not be fetched');
    assert.equal(goCalls(world.folder), [], 'not asked for again on the same day');
    assert.match(await notesOf(world, option), 'could not be fetched');
    assert.ok(
      goCalls(world.folder).some((call) => call.includes('a.b/gone@v1.0.0')),
      'asked for, alone',
    );
    find();
    assert.not.match(await notesOf(world, option), 'could not be fetched');
    assert.not.match(await notesOf(world), 'could not be fetched');
  });
}

test.run();
