import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { compileProgram, type Program } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';
import { warmProgram } from '../rig/warm.ts';

/** A statement of the sample's, followed by another installation whose cache is empty: real git, real Go, real modules. */
const test = suite<{ maker: Program; other: Program }>('rebuild --from, with real tools');

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'rebuild-from-'));
  defer(() => rmSync(folder, { recursive: true }));
  context.maker = await warmProgram(join(folder, 'maker'));
  context.other = await compileProgram(join(folder, 'other'));
});

test('a program with patches and modules comes out the same of its statement alone', async ({
  maker,
  other,
}) => {
  const stated = await maker.run(['attest', 'sample', '--no-images', '--output', 'said']);
  assert.is(stated.code, 0, stated.stdout + stated.stderr);
  const said = join(maker.folder, 'empty', 'said');
  const name = 'sample/greeter/windows/amd64/greeter.exe';
  const { statements } = JSON.parse(readFileSync(join(said, 'index.json'), 'utf8'));
  const row = statements.find((each: { subject: { name: string }; predicateType: string }) => {
    return each.subject.name === name && each.predicateType.includes('provenance');
  });
  const file = join(said, row.path);
  const { predicate } = JSON.parse(readFileSync(file, 'utf8'));
  const dependencies: readonly { uri: string; digest?: { sha256: string } }[] =
    predicate.buildDefinition.resolvedDependencies;
  const sums = dependencies.find(({ uri }) => uri === 'urn:eksd-rebuild:source:sample/greeter#go.sum');
  assert.match(sums?.digest?.sha256 ?? '', /^[0-9a-f]{64}$/);
  assert.is(dependencies.filter(({ uri }) => uri.endsWith('.patch')).length, 2);

  assert.equal(readdirSync(other.folder).sort(), ['empty', 'package']);
  const ran = await other.run(['rebuild', '--from', file, '--output', 'made']);
  assert.is(ran.code, 0, ran.stdout + ran.stderr);
  assert.match(ran.stdout, `✔ identical: ${name}\n  sha256:${row.subject.sha256}, as the statement says\n`);
  assert.not.match(ran.stdout, 'is not all as the statement says');
  assert.not.match(ran.stderr, 'is not as the statement says');
  const made = join(other.folder, 'empty/made/_output/1-0/bin/greeter/windows-amd64/greeter.exe');
  assert.is(digestOf(readFileSync(made)), row.subject.sha256);
});

test.run();
