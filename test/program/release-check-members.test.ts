import * as assert from 'uvu/assert';
import { check, checkSuite, kit } from '../rig/check-world.ts';
import { packed, siteFiles } from '../rig/published-site.ts';
import { writeFiles } from '../rig/world.ts';

/** The recipe of `org/kit` says what its archive holds: the programs that the lock names, and their licences. */
const test = checkSuite('release check: members');

test.before(({ world }) => {
  writeFiles(world.root, {
    'projects/org/kit/project.yaml': `schema: 1
description: Two programs of one module
builds:
  - programs:
      - package: ./tools/*
archives:
  - kind: archive
    folder: kit
    file: kit-{os}-{arch}-{tag}.tar.gz
    platforms: [linux/amd64]
    members:
      - programs: all
      - licenses: yes
`,
  });
});

test('the members that are due', async (context) => {
  const ran = await check(context);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, /\nmembers +3 +3 +3\n/);
});

test('one that is due and not there, one that nothing says', async (context) => {
  const { site } = context;
  const name = 'kit: kit-linux-amd64-v2.0.0.tar.gz: members';
  site.files = siteFiles(site.url, [kit({ 'more/notes': 'x' })]);
  const more = await check(context);
  assert.is(more.code, 1);
  assert.match(more.stdout, `different: ${name}\n    Nothing says why it has more/notes.\n`);
  site.files = siteFiles(site.url, [{ ...kit(), content: packed({ 'ATTRIBUTION.txt': 'x' }) }]);
  const less = await check(context);
  assert.is(less.code, 1);
  assert.match(less.stdout, `different: ${name}\n    It lacks hammer, saw, LICENSES.\n`);
});

test.run();
