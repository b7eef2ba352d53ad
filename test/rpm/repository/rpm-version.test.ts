import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Capability, meets, renderCapability } from '../../../orchestrator/rpm/repository/capability.ts';
import {
  compareVersions,
  compareVersionTexts,
  renderVersion,
} from '../../../orchestrator/rpm/repository/rpm-version.ts';

/** Oldest first; what stands in one text is of one age. */
const ladders = [
  ['1.0~rc1', '1.0~rc2', '1.0', '1.0^git1', '1.0^git1.1', '1.0.1', '1.1'],
  ['a', 'b', '1', '1.a', '1.1', '10'],
  ['2.26-62.amzn2', '2.26-64.amzn2.0.1', '2.26-64.amzn2.0.2', '2.26-100.amzn2'],
  ['~', '', '^', '0'],
  ['99999999999999999999', '100000000000000000000'],
];

test('versions have the order that rpm gives them', () => {
  for (const ladder of ladders) {
    for (const [i, a] of ladder.entries()) {
      for (const [j, b] of ladder.entries()) {
        assert.is(compareVersionTexts(a, b), Math.sign(i - j), `${a} against ${b}`);
      }
    }
  }
});

test('zeros in front and what separates do not count', () => {
  for (const [a, b] of [
    ['1.05', '1.5'],
    ['1_0', '1.0'],
    ['1.0.', '1.0'],
    ['fc10', 'fc.10'],
  ] as const) {
    assert.is(compareVersionTexts(a, b), 0, `${a} against ${b}`);
  }
});

test('an epoch comes before all else, and is printed where there is one', () => {
  const old = { epoch: 0, version: '9', release: '1' };
  const young = { epoch: 1, version: '1', release: '1' };
  assert.ok(compareVersions(old, young) < 0);
  assert.equal([old, young].map(renderVersion), ['9-1', '1:1-1']);
});

function capability(text: string): Capability {
  const [name = '', sign = '', number = ''] = text.split(' ');
  const relation = ({ '=': 'EQ', '<': 'LT', '<=': 'LE', '>': 'GT', '>=': 'GE' } as const)[sign];
  if (relation === undefined) return { name };
  const [version = '', release] = number.split('-');
  return { name, relation, epoch: 0, version, ...(release === undefined ? {} : { release }) };
}

test('what is provided meets what is required where their versions overlap', () => {
  const table: readonly (readonly [provided: string, required: string, boolean])[] = [
    ['a', 'a', true],
    ['a', 'b', false],
    ['a = 1-1', 'a', true],
    ['a', 'a >= 7', true],
    ['a = 1-1', 'a = 1', true],
    ['a = 1-1', 'a = 1-2', false],
    ['a = 2-1', 'a > 1', true],
    ['a = 1-1', 'a > 1-1', false],
    ['a = 1-1', 'a <= 1-1', true],
    ['a = 3', 'a < 3', false],
    ['a >= 1', 'a = 7', true],
    ['a < 3', 'a > 5', false],
    ['a < 3', 'a < 1', true],
  ];
  for (const [provided, required, expected] of table) {
    assert.is(meets(capability(provided), capability(required)), expected, `${provided} for ${required}`);
  }
  assert.is(renderCapability(capability('a >= 2-1')), 'a >= 2-1');
});

test.run();
