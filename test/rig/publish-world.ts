import { setMaxListeners } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { exampleKeys } from './ecr.ts';
import { type Ran, runMain, testHost } from './host.ts';
import { type Fault, makeBucket, type Storage, type StorageCall, startStorage } from './s3.ts';
import type { Defer } from './suite.ts';

/** A user with keys, a folder with a site, and S3, SNS and SQS. */
export interface PublishWorld {
  readonly folder: string;
  /** Where `makeSite` is to lay one out. */
  readonly site: string;
  readonly storage: Storage;
  /** What goes wrong, where a test wants that. */
  fault: (call: StorageCall) => Fault;
  /** Forgets all but an empty bucket. */
  reset(): Promise<void>;
  /** `publish v1-30-eks-5 --site site --to s3://bucket/eks --endpoint URL` with more words. */
  publish(...words: readonly string[]): Promise<Ran>;
}

export const bucket = 'eks-releases';

export async function publishWorld(defer: Defer): Promise<PublishWorld> {
  const folder = mkdtempSync(join(tmpdir(), 'publish-'));
  defer(() => rmSync(folder, { recursive: true }));
  const storage = await startStorage((call) => world.fault(call));
  defer(() => storage.stop());
  const host = testHost({ cwd: folder, packageFolder: folder, env: { HOME: folder, ...exampleKeys } });
  setMaxListeners(0, host.signal);
  const usual = ['--site', 'site', '--endpoint', storage.url];
  const site = join(folder, 'site');
  const world: PublishWorld = {
    ...{ folder, storage, site },
    fault: () => undefined,
    publish: (...words) => {
      const release = words[0]?.startsWith('v') === true ? [] : ['v1-30-eks-5'];
      const to = words.includes('--to') ? [] : ['--to', `s3://${bucket}/eks`];
      return runMain(['publish', ...release, ...words, ...usual, ...to], host);
    },
    async reset() {
      world.fault = () => undefined;
      rmSync(site, { recursive: true, force: true });
      await storage.ask({ service: 's3', path: '/moto-api/reset' });
      await makeBucket(storage, bucket);
      storage.calls.length = 0;
    },
  };
  return world;
}

/** Calls that change something. */
export function writesIn(calls: readonly StorageCall[]): readonly StorageCall[] {
  return calls.filter(({ service, method, body }) => {
    const isAsked = service === 'sns' && body.toString().includes('Action=GetTopicAttributes');
    return method !== 'GET' && method !== 'HEAD' && !isAsked;
  });
}

/** The files below a folder. */
export function filesIn(folder: string): ReadonlyMap<string, Buffer> {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return new Map(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [relative(folder, path), readFileSync(path)];
    }),
  );
}
