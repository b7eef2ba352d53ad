import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { fileEquivalence, imageEquivalence } from '../../orchestrator/statement/find-equivalence.ts';
import { fileProvenance, imageProvenance } from '../../orchestrator/statement/provenance.ts';
import { statementText } from '../../orchestrator/statement/statement.ts';
import { summaryStatement } from '../../orchestrator/statement/summary.ts';
import { goTools } from '../rig/go-tools.ts';
import { imageOf, madeBy } from '../rig/made-by.ts';
import { suite } from '../rig/suite.ts';

/** Our statements, held against in-toto's own library: its types of a statement, of SLSA's provenance and of SLSA's summary. */
const test = suite<{ check: (texts: readonly string[]) => readonly string[] }>(
  "statements by in-toto's library",
);

test.before(async (context, defer) => {
  const source = readFileSync(join(import.meta.dirname, '../rig/in-toto/main.go'));
  const hash = createHash('sha256').update(source).digest('hex');
  const { 'in-toto': program = '' } = await goTools('in-toto', ['in-toto'], `-X main.source=${hash}`);
  const folder = mkdtempSync(join(tmpdir(), 'in-toto-'));
  defer(() => rmSync(folder, { recursive: true }));
  context.check = (texts) => {
    const files = texts.map((text, at) => {
      writeFileSync(join(folder, `${at}.json`), text);
      return join(folder, `${at}.json`);
    });
    const lines = execFileSync(program, files, { encoding: 'utf8' }).trimEnd().split('\n');
    return lines.map((line) => JSON.parse(line) as string);
  };
});

const made = madeBy();
const [verdict] = made.report.verdicts;
if (verdict === undefined) throw new Error('nothing was built');
const provenance = statementText(fileProvenance(verdict, made));

test('all that is written is taken', ({ check }) => {
  const { report } = made;
  const statements = [
    fileEquivalence(verdict, report),
    imageEquivalence(imageOf(), report),
    imageProvenance(imageOf(), made, [{ verdict: 'different', reason: 'x' }]),
    summaryStatement(report, [{ path: 'sha256/a/equivalence.intoto.json', sha256: 'a'.repeat(64) }]),
  ];
  const texts = [provenance, ...statements.map((each) => each && statementText(each))];
  assert.equal(
    check(texts.filter((text) => text !== undefined)),
    texts.map(() => ''),
  );
});

test('what is none is refused by it, too', ({ check }) => {
  const changes: readonly ((json: ReturnType<typeof JSON.parse>) => void)[] = [
    (json) => (json._type = 'https://in-toto.io/Layout/v1'),
    (json) => (json.subject = []),
    (json) => (json.subject[0].digest.sha256 = 'x'),
    (json) => (json.more = 1),
    (json) => delete json.predicate.buildDefinition.externalParameters,
    (json) => delete json.predicate.runDetails.builder.id,
    (json) => (json.predicate.runDetails.byproducts = 1),
  ];
  const texts = changes.map((change) => {
    const json = JSON.parse(provenance);
    change(json);
    return JSON.stringify(json);
  });
  assert.equal(
    check(texts).map((why) => why !== ''),
    changes.map(() => true),
  );
});

test.run();
