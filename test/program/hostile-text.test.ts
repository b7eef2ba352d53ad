import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { goCalls, onGo } from '../rig/fake-go.ts';
import type { Ran } from '../rig/host.ts';
import { type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';
import { release } from '../rig/world-content.ts';

/** A title, a cleared screen, a carriage return, C1, reversed and hidden text, a line that looks like ours. */
const hostile = '\u001b]0;owned\u0007\u001b[2J\rab\u009b2J\u202Ecba\u200b\u001b[8mhidden\u2028end';
const shown = String.raw`\u001b]0;owned\u0007\u001b[2J\u000dab\u009b2J\u202ecba\u200b\u001b[8mhidden\u2028end`;

interface Context {
  readonly world: ImageWorld;
  said: string;
}

const test = suite<Context>('text that acts');

test.before.each(async (context, defer) => {
  defer(closeFakes);
  Object.assign(context, {
    said: '',
    world: await imageWorld(({ method, path }) => {
      if (context.said === '' || method !== 'POST' || !path.includes('/mine/')) return undefined;
      const body = JSON.stringify({ errors: [{ code: 'DENIED', message: context.said }] });
      return { status: 403, headers: { 'content-type': 'application/json' }, body };
    }),
  });
});

/** All of a run's texts: on a screen with colours, in report.json, in report.html. */
async function texts(world: ImageWorld, argv: readonly string[]): Promise<Readonly<Record<string, string>>> {
  const ran: Ran = await world.run(argv);
  const read = (name: string) => {
    try {
      return readFileSync(join(world.root, 'out', release, name), 'utf8');
    } catch {
      return '';
    }
  };
  return {
    screen: `${ran.stdout}\n${ran.stderr}`,
    json: read('report.json').replaceAll('\\r', '\\u000d'),
    page: read('report.html'),
  };
}

/** Nothing that acts is left, and what it was is said. */
function checkShown(all: Readonly<Record<string, string>>, where: readonly string[], wanted = shown): void {
  for (const [name, text] of Object.entries(all)) {
    const found = /[^\P{Cc}\n\t]|\p{Cf}|\p{Zl}|\p{Zp}/u.exec(text);
    assert.is(found, null, `${name} has U+${found?.[0].codePointAt(0)?.toString(16)} at ${found?.index}`);
    // A JSON text has its own escapes around.
    const said = text.replaceAll('\\\\', '\\');
    if (where.includes(name))
      assert.ok(said.includes(wanted), `${name} does not show it:\n${said.slice(-3000)}`);
  }
}

test('what a compiler prints of a source', async ({ world }) => {
  writeFileSync(join(world.folder, 'goroot', 'said'), `./main.go:1:1: undefined: x (${hostile}:7)\n`);
  onGo(world.folder, 'build', `cat ${world.folder}/goroot/said >&2; exit 1`);
  for (const style of ['line', 'json']) {
    const all = await texts(world, ['verify', release, '--fresh', '--project', 'tool', '--log', style]);
    assert.ok(goCalls(world.folder).length > 0);
    checkShown(all, ['screen', 'json', 'page']);
  }
});

test('what a registry answers', async (context) => {
  context.said = `${hostile}\n✔ identical / comparable / all: 7 / 7 / 7.`;
  const { registry } = context.world;
  const all = await texts(context.world, [
    'push',
    release,
    '--registry',
    `${registry.host}/mine`,
    '--confirm',
  ]);
  checkShown(all, ['screen']);
});

test('names that are typed', async ({ world }) => {
  for (const argv of [
    ['verify', release, '--project', `org/${hostile}`],
    ['verify', `${release}\n✔ identical / comparable / all: 7 / 7 / 7.${hostile}`],
    ['plan', release, `--${hostile}`],
    [hostile],
    ['verify', release, '--settings', hostile],
    ['compare', 'image', hostile, hostile],
    ['images', release, '--image', hostile],
  ]) {
    const all = await texts(world, argv);
    checkShown(all, ['screen']);
    assert.not.match(all['screen'] ?? '', /^✔ identical \/ comparable \/ all: 7/m, 'a line of its own');
  }
});

test('settings and recipes that are complained of', async ({ world }) => {
  const settings = readFileSync(join(world.root, 'eksd-rebuild.yaml'), 'utf8');
  const escaped = JSON.stringify(hostile).replaceAll('\u202E', '\\u202E');
  for (const text of [
    `${escaped}: 1\n`,
    `# ${hostile.replaceAll('\r', '')}\nno: 1 # ${hostile.replaceAll('\r', '')}\n`,
  ]) {
    writeFileSync(join(world.root, 'eksd-rebuild.yaml'), text + settings);
    const all = await texts(world, ['verify', release]);
    checkShown(all, []);
    assert.match(all['screen'] ?? '', 'eksd-rebuild.yaml:');
  }
  writeFileSync(join(world.root, 'eksd-rebuild.yaml'), settings);
  writeFiles(world.root, {
    'projects/org/tool/project.yaml': `schema: 1\ndescription: ${escaped}\nbuilds: no\n`,
  });
  checkShown(await texts(world, ['verify', release]), []);
});

test('a patch that does not apply', async ({ world }) => {
  writeFiles(world.root, {
    'patches/org/tool/0001-mine.patch': `From 0000 Mon Sep 17 00:00:00 2001
From: a <a@test.example>
Date: Mon, 1 Apr 2024 10:00:00 +0000
Subject: ${hostile.replaceAll(/[\r\u2028]/g, '')}

---
diff --git a/${hostile.replaceAll(/[\r\u2028]/g, '')} b/x
--- a/x
+++ b/x
@@ -1 +1 @@
-${hostile}
+b
`,
  });
  const all = await texts(world, ['verify', release, '--project', 'tool']);
  checkShown(all, []);
});

test.run();
