import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { toolVersions } from '../../../orchestrator/run/wiring/script-tools.ts';
import { testHost } from '../../rig/host.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('versions of tools');

const silent = '#!/bin/sh\nexit 0\n';
const refusing = '#!/bin/sh\necho "usage: refusing"\nexit 2\n';

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'tools-'));
  const programs = {
    // By its own path, as a careless program says it.
    saying: '#!/bin/sh\necho\necho "$0 (tools) 5.2, $LC_ALL"\necho more\n',
    ...{ silent, refusing },
  };
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(context.folder, name), text, { mode: 0o755 });
  }
});
test.after(({ folder }) => rmSync(folder, { recursive: true }));

test('a version is the first line of what a program says of itself, and not its place', async ({
  folder,
}) => {
  const host = testHost({ cwd: folder, packageFolder: folder, env: { PATH: `${folder}:/usr/bin:/bin` } });
  assert.equal([...(await toolVersions(['saying'], host))], [['saying', 'saying (tools) 5.2, C']]);
});

test('one that says nothing, or does not know what it is asked, is known by its bytes', async ({
  folder,
}) => {
  const host = testHost({ cwd: folder, packageFolder: folder, env: { PATH: folder } });
  const versions = await toolVersions(['silent', 'refusing'], host);
  assert.is(versions.get('silent'), `SHA-256 ${digestOf(silent)}`);
  assert.is(versions.get('refusing'), `SHA-256 ${digestOf(refusing)}`);
});

test('what is not there has no version', async ({ folder }) => {
  const versions = await toolVersions(
    ['no-such-program', 'silent'],
    testHost({ cwd: folder, packageFolder: folder, env: { PATH: folder } }),
  );
  assert.equal([...versions.keys()], ['silent']);
});

test.run();
