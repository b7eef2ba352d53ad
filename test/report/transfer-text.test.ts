import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { transferText } from '../../orchestrator/report/transfer-text.ts';

test('bytes, their rate, and what is left, in the unit of the whole', () => {
  const cases = [
    [{ done: 0, total: 45e6, perSecond: 0 }, '0.0 of 45.0 MB'],
    [{ done: 12.34e6, total: 45e6, perSecond: 480e3 }, '12.3 of 45.0 MB, 480 kB/s, about 1m 10s left'],
    [{ done: 2.5e9, total: undefined, perSecond: 12e6 }, '2.5 GB, 12.0 MB/s'],
    [{ done: 900, total: 900, perSecond: 900 }, '1 of 1 kB, 1 kB/s'],
    [{ done: 1e6, total: 2e6, perSecond: 1e6 }, '1.0 of 2.0 MB, 1.0 MB/s, about 5s left'],
  ] as const;
  for (const [transfer, text] of cases) assert.is(transferText(transfer), text);
});

test.run();
