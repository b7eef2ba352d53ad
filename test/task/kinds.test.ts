import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { kinds } from '../../orchestrator/task/kinds.ts';

/** How the table of the architecture begins to say what `network` says. */
const words = { all: 'yes', builder: "the builder's address", none: 'no' } as const;

test('the table of the architecture has every kind, and what it may reach', () => {
  const text = readFileSync(new URL('../../orchestrator/README.md', import.meta.url), 'utf8');
  const table = text.slice(text.indexOf('## Tasks'), text.indexOf('A key is the SHA-256'));
  const rows = [...table.matchAll(/^\| ([a-z-]+[a-z]) +\|.*\| ([^|]*?) +\|$/gm)].filter(
    ([, kind]) => kind !== 'kind',
  );
  const said = new Map(rows.map(([, kind = '', network = '']) => [kind, network.split(/[,:]/)[0]]));
  const expected = Object.entries(kinds).map(([kind, { network }]) => [kind, words[network]] as const);
  assert.equal(Object.fromEntries(said), Object.fromEntries(expected));
});

test('what fetches takes of the network only, and what compiles nothing of it', () => {
  for (const { network, demand } of Object.values(kinds)) {
    const takes = (demand as (node: object) => object)({ goVersion: '1.21.10', platform: 'linux/arm64' });
    assert.is('network' in takes, network === 'all');
  }
});

test.run();
