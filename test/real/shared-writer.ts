import { randomBytes } from 'node:crypto';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { sharedStore } from '../../orchestrator/store/remote/shared.ts';
import { placeIn } from '../rig/shared-places.ts';
import { must, storeOptions } from '../store/fixture.ts';
import { recordTree } from '../store/remote/fixture.ts';

/** Records trees, and brings them to a bucket, until it is killed, or has done enough. Says `ready` when the first is there. */
const [root = '', url = '', bucket = ''] = process.argv.slice(2);

async function main(): Promise<void> {
  const local = must(await openStore(root, storeOptions()));
  const signal = new AbortController().signal;
  const options = { mayWrite: true, seal: undefined, now: Date.now, signal };
  const store = sharedStore(local, placeIn(url, bucket), options);
  for (let at = 0; at < 200; at += 1) {
    // What goes in parts, what goes whole, and what goes with others.
    const large = randomBytes(at % 3 === 0 ? 9_000_000 : 1_500_000).toString('latin1');
    await recordTree(store, `${at % 7}`, { [`large ${at % 7}`]: large, small: `${at}`, other: `${at % 2}` });
    if (at % 2 === 0) await store.settle();
    if (at === 0) process.stdout.write('ready\n');
  }
}

await main();
