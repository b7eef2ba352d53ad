import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chooseNames } from '../../orchestrator/workspace/choose-names.ts';
import { failureOf, unwrap } from '../oci/registry/rig.ts';

const all = ['a/apple', 'a/plum', 'b/apple', 'b/pear', 'b/deep/fig'] as const;

function choose(words: readonly string[], elsewhere: readonly string[] = []) {
  return chooseNames(words, {
    ...{ option: '--fruit', all, elsewhere },
    unknown: (name) => ({ reason: 'unknown-name', what: 'project', name, nearest: [], help: '' }),
  });
}

const choices: readonly (readonly [words: string, names: string, leftOut: string])[] = [
  ['', 'a/apple a/plum b/apple b/pear b/deep/fig', ''],
  ['a/plum', 'a/plum', ''],
  ['apple', 'a/apple b/apple', ''],
  ['deep/fig', 'b/deep/fig', ''],
  ['b/*', 'b/apple b/pear', ''],
  ['p*', 'a/plum b/pear', ''],
  ['**', 'a/apple a/plum b/apple b/pear b/deep/fig', ''],
  ['!a/plum', 'a/apple b/apple b/pear b/deep/fig', 'a/plum'],
  // Two exclusions, each of which fits what the other leaves.
  ['!a/plum !b/pear', 'a/apple b/apple b/deep/fig', 'a/plum b/pear'],
  ['!b/pear !a/plum', 'a/apple b/apple b/deep/fig', 'a/plum b/pear'],
  ['a/* !a/plum', 'a/apple', 'a/plum'],
  ['!a/plum a/*', 'a/apple', 'a/plum'],
  ['a/* !a/plum b/pear', 'a/apple b/pear', 'a/plum'],
  ['a/* !plum !p*', 'a/apple', 'a/plum'],
  ['!apple', 'a/plum b/pear b/deep/fig', 'a/apple b/apple'],
  ['!**/{plum,pear}', 'a/apple b/apple b/deep/fig', 'a/plum b/pear'],
  ['b/pear !a/plum', 'b/pear', ''],
];
for (const [words, names, leftOut] of choices) {
  test(`${words === '' ? 'nothing said' : words}: ${names}`, () => {
    const chosen = unwrap(choose(words.split(' ').filter((word) => word !== '')));
    assert.equal([chosen.names.join(' '), chosen.leftOut.join(' ')], [names, leftOut]);
    assert.equal(
      all.filter((name) => chosen.has(name)),
      chosen.names,
    );
  });
}

test('what nobody listed is meant where no word names what is meant, and is not excluded', () => {
  assert.is(unwrap(choose([])).has('c/other'), true);
  assert.is(unwrap(choose(['!a/*'])).has('c/other'), true);
  assert.is(unwrap(choose(['a/*'])).has('c/other'), false);
});

test('a word that fits nothing is a mistake, an exclusion too; but not where the name is known elsewhere', () => {
  for (const words of [['grape'], ['!grape'], ['a/*', '!grape'], ['!a/plum', '!'], ['']]) {
    assert.is(failureOf(choose(words)).reason, 'unknown-name', words.join(' '));
  }
  const failure = failureOf(choose(['!grape']));
  assert.is('name' in failure && failure.name, 'grape');
  assert.equal(unwrap(choose(['!grape', 'plum'], ['c/grape'])).names, ['a/plum']);
  assert.is(failureOf(choose(['grape'], ['c/grape'])).reason, 'unknown-name');
});

test('exclusions that leave nothing are refused, with what they take from what', () => {
  assert.equal(failureOf(choose(['a/plum', '!a/*'])), {
    reason: 'usage',
    message: '--fruit leaves nothing: from a/plum it subtracts !a/*.',
    help: 'Words with "!" subtract from what the others name, or from all where no other is given.',
  });
  const everything = failureOf(choose(['!**']));
  assert.ok('message' in everything && everything.message.includes(`from ${all.join(', ')} it`));
});

test('where there is nothing, there is nothing to take', () => {
  const nothing = {
    option: '--fruit',
    all: [],
    elsewhere: ['a'],
    unknown: () => ({ reason: 'aborted' }) as const,
  };
  assert.equal(unwrap(chooseNames([], nothing)).names, []);
  assert.equal(unwrap(chooseNames(['!a'], nothing)).names, []);
});

test.run();
