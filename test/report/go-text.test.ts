import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GoPatch } from '../../orchestrator/config/lock/lock.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { asRelativePath } from '../../orchestrator/core/relative-path.ts';
import { goNotes, goText } from '../../orchestrator/report/go-text.ts';
import type { GoReport } from '../../orchestrator/report/run-report.ts';

const base = { version: '1.18.10', read: 'A:1', others: [] };
const patch = (fixes: string[] | undefined, changes?: string[]): GoPatch => ({
  path: asRelativePath('a.patch'),
  sha256: digestOf('a'),
  ...(changes === undefined ? {} : { changes }),
  ...(fixes === undefined ? {} : { fixes }),
});
const eksGo = (...patches: GoPatch[]): GoReport => {
  const repository = 'https://git.example/tooling.git';
  const build = {
    version: '1.18.10',
    release: 5,
    repository,
    commit: `6eeb9d17ab21${'0'.repeat(28)}`,
    patches,
  };
  return { ...base, flavour: 'eks-go', build };
};
const project = (name: string, go?: GoReport, hasRecipe = true) => ({
  name,
  hasRecipe,
  ...(go === undefined ? {} : { go }),
});

test('a Go in few characters', () => {
  assert.is(goText(undefined), '-');
  assert.is(goText({ ...base, flavour: 'official' }), '1.18.10');
  assert.is(goText(eksGo()), '1.18.10-5 eks-go');
  assert.is(goText({ ...base, flavour: 'al2-rpm' }), '1.18.10 al2-rpm');
});

test('a Go with patches is told once, with its commit and what those fix that count', () => {
  const go = eksGo(
    patch(['CVE-2023-2'], ['time']),
    patch(['CVE-2023-9']),
    patch(['CVE-2023-1', 'CVE-2023-2'], ['os']),
  );
  assert.equal(goNotes([project('a', go), project('b', go), project('c', go, false)]), [
    'a, b: EKS Go 1.18.10-5 (commit 6eeb9d17ab21) has 2 patches that are compiled in, for CVE-2023-1, CVE-2023-2.',
  ]);
});

test('what compiles as the official Go does needs no word', () => {
  assert.equal(
    goNotes([
      project('a', eksGo(patch(undefined))),
      project('b', { ...base, flavour: 'official' }),
      project('c'),
    ]),
    [],
  );
});

test('a Go whose patches nobody knows is told', () => {
  assert.equal(goNotes([project('a', { ...base, flavour: 'eks-go' })]), [
    'a: EKS Go 1.18.10, whose patches are not known: the official one stands for it.',
  ]);
});

test.run();
