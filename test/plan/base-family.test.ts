import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { baseFamily } from '../../orchestrator/plan/base-family.ts';
import { holds } from '../../orchestrator/plan/condition.ts';

test('which family of base images a release stands on', () => {
  const rows: readonly (readonly [branch: string, date: string, family: string])[] = [
    ['1-18', '2023-01-01T00:00:00Z', 'standard'],
    ['1-19', '2022-08-31T00:00:00Z', 'standard'],
    ['1-20', '2022-07-28T10:00:00-07:00', 'standard'],
    ['1-20', '2022-08-31T10:00:00-07:00', 'minimal'],
    ['1-21', '2022-08-14T23:59:59Z', 'standard'],
    // An instant counts, and not the day that it is written as.
    ['1-21', '2022-08-14T23:59:59-07:00', 'minimal'],
    ['1-22', '2022-04-29T00:00:00Z', 'minimal'],
    ['1-30', '2024-05-28T00:00:00Z', 'minimal'],
  ];
  for (const [branch, date, family] of rows) {
    assert.is(baseFamily(branch, date), family, `${branch} ${date}`);
    const subject = { tag: 'v1.0.0', date, branch };
    const [minimal, standard] = [holds({ base: 'minimal' }, subject), holds({ base: 'standard' }, subject)];
    assert.equal([minimal, standard], [family === 'minimal', family === 'standard']);
  }
});

test.run();
