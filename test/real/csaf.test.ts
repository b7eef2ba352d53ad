import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { csafVex } from '../../orchestrator/vulnerability/vex/csaf.ts';
import { vulnerabilities } from '../rig/vulnerabilities.ts';

/** Of the validator alone, which takes seconds to load. */
const author = { name: 'Acme', namespace: 'https://acme.test.example' };
const found = vulnerabilities();

interface CsafTest {
  readonly name: string;
  readonly isValid: boolean;
  readonly errors: readonly object[];
}

type Validate = (
  tests: readonly unknown[],
  document: unknown,
) => Promise<{ readonly tests: readonly CsafTest[] }>;

test('CSAF passes the schema and the mandatory tests of csaf-validator-lib, with every status', async () => {
  // @ts-expect-error it has no types
  const tests: object = await import('@secvisogram/csaf-validator-lib/basic.js');
  // @ts-expect-error it has no types
  const validator: { default: Validate } = await import('@secvisogram/csaf-validator-lib/validate.js');
  const complaints = async (text: string) => {
    const { tests: done } = await validator.default(Object.values(tests), JSON.parse(text));
    assert.ok(done.length > 40, 'all were done');
    return done.filter(({ isValid }) => !isValid).map(({ name, errors }) => [name, errors]);
  };
  assert.equal(await complaints(csafVex(found, author)), []);
  const broken = csafVex(found, author).replace(
    '"known_not_affected":["program',
    '"known_not_affected":["nobody',
  );
  assert.is.not((await complaints(broken)).length, 0, 'the validator complains where something is wrong');
});

test.run();
