import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openRecords } from '../../../orchestrator/run/audit/record-files.ts';
import { identify } from '../../../orchestrator/store/process-life.ts';
import type { FileRecord } from '../../../orchestrator/verdict/record/record.ts';
import { recordOf } from '../../../orchestrator/verdict/record/record-of.ts';
import { testHost } from '../../rig/host.ts';
import { fileVerdict, lockedWith, sha } from '../../rig/verdicts.ts';
import { failureOf, inFolder, must } from '../../store/fixture.ts';

const release = 'v1-30-eks-5' as FileRecord['release'];
const about = {
  ...{ release, date: '2024-05-01T23:30:00-05:00', build: sha('build'), by: 'eksd-rebuild 0.1.0' },
  locked: lockedWith(['linux/amd64 tool=published']),
};
const published = sha('published');

function record(name: string): FileRecord {
  const made = recordOf(fileVerdict({ name, expected: published, found: published }), about);
  if (made === undefined) throw new Error('no record');
  return made;
}

const nowhere = { cwd: '/', packageFolder: '/', env: {} };

/** Two machines, each with a cache of its own, and one folder. */
const hosts = ['one', 'two'].map((hostName) => testHost({ ...nowhere, hostName }));

test('two who record in one folder at once, with caches of their own, lose nothing', async () => {
  await inFolder(async (folder) => {
    const records = join(folder, 'records');
    const names = Array.from({ length: 20 }, (_, at) => `tool-${at}`);
    const done = await Promise.all(
      names.map((name, at) =>
        openRecords(records, hosts[at % 2] ?? testHost(nowhere)).renew(release, [record(name)]),
      ),
    );
    done.forEach(must);
    const read = must(await openRecords(records, testHost(nowhere)).read(release));
    assert.equal([...read.values()].map(({ name }) => name).sort(), [...names].sort());
    assert.equal(fs.readdirSync(records), [`${release}.jsonl`]);
  });
});

/** What may be left where a lock was, by whom. */
const left: Readonly<Record<string, (path: string) => void>> = {
  'who was killed': (path) => {
    const { pid } = spawnSync('true');
    fs.writeFileSync(path, JSON.stringify({ ...identify(process.pid, 'one'), pid, once: 0.5 }));
  },
  'a process of another machine that is gone': (path) =>
    fs.writeFileSync(path, JSON.stringify({ ...identify(1, 'three'), once: 0.5 })),
  'a disk that was full': (path) => fs.writeFileSync(path, ''),
  somebody: (path) => fs.mkdirSync(join(path, 'more'), { recursive: true }),
};
test('a lock that somebody left keeps nobody for long, and of who was killed here no time at all', async () => {
  const waited = new Map<string, number>();
  const goOn = async (whom: string, leave: (path: string) => void): Promise<void> =>
    inFolder(async (folder) => {
      leave(join(folder, `.${release}.jsonl.lock`));
      const began = performance.now();
      const done = await Promise.all(
        hosts.map((host) => openRecords(folder, host).renew(release, [record(host.hostName)])),
      );
      done.forEach(must);
      waited.set(whom, performance.now() - began);
      assert.is(must(await openRecords(folder, testHost(nowhere)).read(release)).size, 2, whom);
      assert.equal(fs.readdirSync(folder), [`${release}.jsonl`], whom);
    });
  await Promise.all(Object.entries(left).map(([whom, leave]) => goOn(whom, leave)));
  assert.ok((waited.get('who was killed') ?? 0) < 5000);
  assert.ok(Math.max(...waited.values()) < 20_000);
});

test('what somebody left who was killed while writing goes; what others have there stays', async () => {
  await inFolder(async (folder) => {
    const others = ['.gitignore', '.v1-29-eks-1.jsonl.12-ab', `.${release}.jsonl.swp`, 'README.md'];
    for (const name of [...others, `.${release}.jsonl.4711-k3x9`]) fs.writeFileSync(join(folder, name), '{');
    must(await openRecords(folder, testHost(nowhere)).renew(release, [record('a')]));
    assert.equal(fs.readdirSync(folder).sort(), [...others, `${release}.jsonl`].sort());
  });
});

test('a file that was cut is an error that names its line, and stays as it is', async () => {
  await inFolder(async (folder) => {
    const records = openRecords(folder, testHost(nowhere));
    must(await records.renew(release, [record('a'), record('b')]));
    const path = join(folder, `${release}.jsonl`);
    const cut = fs.readFileSync(path, 'utf8').slice(0, -30);
    fs.writeFileSync(path, cut);
    const failure = failureOf(await records.renew(release, [record('c')]));
    assert.match(JSON.stringify(failure), 'line');
    assert.is(fs.readFileSync(path, 'utf8'), cut);
  });
});

test.run();
