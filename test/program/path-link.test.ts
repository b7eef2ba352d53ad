import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { diskFolder } from '../rig/disk-folder.ts';
import { goCalls, onGo } from '../rig/fake-go.ts';
import { reportOf } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { newWorld, type World, writeFiles } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** Programs that hold the path that they were built at, on a machine where nothing can be mounted. */
const test = suite<{ world: World; folder: string; at: string }>(
  "upstream's path where nothing can be mounted",
);

test.before.each(async (context, defer) => {
  context.world = await newWorld();
  context.folder = diskFolder('path-link-');
  defer(() => rmSync(context.folder, { recursive: true }));
  context.at = join(context.folder, 'prow', 'tool');
  const recipe = `schema: 1
description: A program that holds its path
builds:
  - programs:
      - { name: tool, package: tool.example/cmd/tool }
    layout: { mode: modules, at: ${context.at} }
    flags: ['-asmflags=-trimpath={checkout}']
    ldflags: [-s, -w, -buildid=, -extldflags, -static]
    stamps:
      main.version: '{tag}'
`;
  writeFiles(context.world.root, {
    'projects/org/tool/project.yaml': recipe,
    'projects/kubernetes/kubernetes/project.yaml': recipe,
  });
  // What the fake go looks for in folders.
  onGo(
    context.world.folder,
    'build',
    `test -L ${context.at} && ls ${context.at} >"$root/seen"; pwd >>"$root/seen"`,
  );
});

test('is a link while the go command runs, which is a note, and is gone afterwards', async ({
  world,
  at,
}) => {
  const ran = await world.run(['verify', release, '--project', 'org/tool']);
  assert.match(goCalls(world.folder).join('\n'), `-asmflags=-trimpath=${at} `);
  assert.match(ran.stdout, `org/tool: ${at} was a symbolic link: `);
  const seen = readFileSync(join(world.folder, 'goroot', 'seen'), 'utf8')
    .trim()
    .split('\n');
  assert.ok(seen.includes('go.mod'), seen.join());
  assert.is(seen.at(-1), at);
  assert.not.ok(existsSync(dirname(at)));
  assert.equal(readdirSync(join(world.cache, 'links')), []);
  const notes = reportOf(world, release).nodes.flatMap((node) => node.notes ?? []);
  assert.ok(notes.some((note) => note.startsWith(`${at} was a symbolic link`)));
});

test('where something is there already, the build fails for both reasons; doctor knows before', async ({
  world,
  at,
}) => {
  const before = await world.run(['doctor']);
  assert.match(
    before.stdout,
    new RegExp(`limited +paths +${at}: nothing can be mounted \\(.*\\); it is a symbolic link`),
  );
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'mine'), '');
  const after = await world.run(['doctor']);
  assert.match(after.stdout, 'no link can be made: something is there already');
  const ran = await world.run(['verify', release, '--project', 'org/tool']);
  assert.is(ran.code, 4);
  assert.match(ran.stdout + ran.stderr, 'no link made: something is there already');
  assert.equal(readdirSync(at), ['mine']);
});

test.run();
