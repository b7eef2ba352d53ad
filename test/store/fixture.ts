import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Json } from '../../orchestrator/core/canonical-json.ts';
import type { Digest } from '../../orchestrator/core/digest.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import type { Result } from '../../orchestrator/core/result.ts';
import { openStore, type StoreOptions } from '../../orchestrator/store/open-store.ts';
import { resultKey } from '../../orchestrator/store/result-key.ts';
import type { Store } from '../../orchestrator/store/store.ts';
import type { StoreMaintenance } from '../../orchestrator/store/upkeep/maintenance.ts';

export type TestStore = Store & StoreMaintenance;

const host = 'test-host';

/** In memory where there is such a place: fsync costs milliseconds on a disk, and is had some hundred times here. */
const base = fs.existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

/** A folder that goes when the body ends. */
export async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(join(fs.realpathSync(base), 'eksd-store-'));
  try {
    await body(folder);
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

export function storeOptions(options: Partial<StoreOptions> = {}): StoreOptions {
  return { pid: process.pid, host, now: Date.now, random: Math.random, ...options };
}

/** A store below a new folder, with that folder for anything else. */
export async function inStore(
  body: (store: TestStore, folder: string) => Promise<void>,
  options: Partial<StoreOptions> = {},
): Promise<void> {
  await inFolder(async (folder) => {
    const store = must(await openStore(join(folder, 'store'), storeOptions(options)));
    try {
      await body(store, folder);
    } finally {
      await store.close();
    }
  });
}

export function must<T>(result: Result<T, Failure>): T {
  if (!result.ok) throw new Error(`unexpected failure: ${JSON.stringify(result.error)}`);
  return result.value;
}

export function failureOf<T>(result: Result<T, Failure>): Failure {
  if (result.ok) throw new Error(`expected a failure, got ${JSON.stringify(result.value)}`);
  return result.error;
}

/** Files by path: text; `*` before it: executable; `->` before it: a link to the rest. */
export type Files = Readonly<Record<string, string>>;

export function writeFiles(folder: string, files: Files): void {
  for (const [path, text] of Object.entries(files)) {
    const full = join(folder, path);
    fs.mkdirSync(join(full, '..'), { recursive: true });
    if (text.startsWith('->')) fs.symlinkSync(text.slice(2), full);
    else if (text.startsWith('*')) fs.writeFileSync(full, text.slice(1), { mode: 0o777 });
    else fs.writeFileSync(full, text);
  }
}

export async function addFiles(
  store: TestStore,
  files: Files,
  derived?: (path: string) => boolean,
): Promise<Digest> {
  const folder = must(await store.temporaryFolder());
  writeFiles(folder, files);
  return must(await store.addTree(folder, derived));
}

/** Records a tree of these files under the inputs, and gives its key and digest. */
export async function recordFiles(
  store: TestStore,
  inputs: Json,
  files: Files,
): Promise<{ readonly key: Digest; readonly tree: Digest }> {
  const tree = await addFiles(store, files);
  const key = resultKey('test', inputs);
  must(
    await store.record({
      key,
      kind: 'test',
      inputs,
      tree,
      seconds: 1.5,
      notes: [],
      commands: [],
      title: 'a test',
    }),
  );
  return { key, tree };
}

/** The lease of a process that is no more, as it was left behind: a number that runs again does not count. */
export function leaveDeadLease(root: string, lease: string): void {
  const stat = fs.readlinkSync('/proc/self/ns/pid');
  const text = JSON.stringify({ pid: process.pid, started: '1', host: `${host} ${stat}`, since: 0 });
  fs.writeFileSync(join(root, 'leases', lease), text);
}
