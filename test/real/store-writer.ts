import * as fs from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { resultKey } from '../../orchestrator/store/result-key.ts';
import { must, storeOptions } from '../store/fixture.ts';

/**
 * Writes to a store until it is killed: trees of a few hundred, so that writers meet over the same ones, with files of a
 * few hundred contents. Says `ready` when it is open, and `wrong: ...` where it reads what was never written.
 */
const [root = '', seedText = '1'] = process.argv.slice(2);
let seed = Number(seedText);

function chance(below: number): number {
  seed = (seed * 48271) % 2147483647;
  return seed % below;
}

/** The content of a file is told by its number: its size differs, and so do its bytes. */
function contentOf(file: number): string {
  return `${file} `.repeat(1 + ((file * 7919) % 5000));
}

function filesOf(tree: number): readonly number[] {
  return Array.from({ length: 1 + (tree % 40) }, (_, index) => (tree * 31 + index * 17) % 300);
}

async function main(): Promise<void> {
  const random = () => chance(2 ** 20) / 2 ** 20;
  const store = must(await openStore(root, storeOptions({ random })));
  process.stdout.write('ready\n');
  for (;;) {
    const number = chance(200);
    const inputs = { number };
    const key = resultKey('written', inputs);
    await store.withLock(key, new AbortController().signal, async () => {
      const found = await store.lookup(key);
      if (found !== undefined) {
        for (const file of filesOf(number)) {
          const text = fs.readFileSync(join(store.treePath(found.tree), `d${file % 3}`, `${file}`), 'utf8');
          if (text !== contentOf(file)) process.stdout.write(`wrong: file ${file} of tree ${number}\n`);
        }
        return;
      }
      const folder = must(await store.temporaryFolder());
      for (const file of filesOf(number)) {
        fs.mkdirSync(join(folder, `d${file % 3}`), { recursive: true });
        fs.writeFileSync(join(folder, `d${file % 3}`, `${file}`), contentOf(file));
      }
      const tree = must(await store.addTree(folder));
      must(
        await store.record({
          key,
          kind: 'written',
          inputs,
          tree,
          seconds: 0,
          notes: [],
          commands: [],
          title: `${number}`,
        }),
      );
    });
    if (chance(50) === 0) must(await store.gc({ maxBytes: 10_000_000 }));
  }
}

await main();
