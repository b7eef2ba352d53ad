import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { programInputs } from '../../../orchestrator/task/go/inputs.ts';
import { expandPrograms } from '../../../orchestrator/task/go/programs.ts';
import { suite } from '../../rig/suite.ts';
import { writeFiles } from '../../rig/world.ts';

const test = suite<{ folder: string }>('programs');

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'programs-'));
  const paths = ['main/bridge/b.go', 'main/windows/w.go', 'main/ipvlan/i.go', 'main/doc/README', 'main/x.go'];
  const more = ['meta/sbr/s.go', 'meta/bridge.d/s.go', '.hidden/x/x.go'];
  writeFiles(context.folder, Object.fromEntries([...paths, ...more].map((path) => [`plugins/${path}`, ''])));
});

test.after(({ folder }) => rmSync(folder, { recursive: true }));

test('a pattern is every folder there that has a Go file, but for the exceptions, in a fixed order', async ({
  folder,
}) => {
  const found = await expandPrograms(folder, [
    { package: './plugins/main/*', except: ['windows'] },
    { package: './plugins/m*/b*' },
    { name: 'tool', package: '.' },
    { package: './plugins/main/windows' },
  ]);
  assert.ok(found.ok);
  assert.equal(found.value, [
    { name: 'bridge', package: './plugins/main/bridge' },
    { name: 'ipvlan', package: './plugins/main/ipvlan' },
    { name: 'bridge', package: './plugins/main/bridge' },
    { name: 'bridge.d', package: './plugins/meta/bridge.d' },
    { name: 'tool', package: '.' },
    { name: 'windows', package: './plugins/main/windows' },
  ]);
});

test('signs of regular expressions in a pattern are themselves', async ({ folder }) => {
  const found = await expandPrograms(folder, [{ package: './plugins/meta/*.d' }]);
  assert.ok(found.ok);
  assert.equal(
    found.value.map(({ name }) => name),
    ['bridge.d'],
  );
});

test('a pattern that fits nothing is a failure that names it', async ({ folder }) => {
  for (const pattern of ['./plugins/none/*', './plugins/main/doc*', './plugins/main/wind*']) {
    const found = await expandPrograms(folder, [{ package: pattern, except: ['windows'] }]);
    assert.ok(!found.ok && found.error.reason === 'missing-output');
    assert.is(found.error.file, pattern);
  }
});

test('what stands for nothing in a key stands there as nothing', () => {
  assert.equal(programInputs([{ package: './a' }, { name: 'b', package: '.', except: ['c'] }]), [
    { name: null, package: './a', except: [] },
    { name: 'b', package: '.', except: ['c'] },
  ]);
});

test.run();
