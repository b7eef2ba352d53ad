import { countOf } from '../../core/numbers.ts';
import { visible } from '../../core/visible.ts';
import type { StatedBuild } from '../../statement/read-provenance.ts';
import type { Differing } from './differing-fields.ts';

/** Whether what came is what the statement is about, and what it was built from otherwise. */
export function describeOutcome(
  { subject }: StatedBuild,
  digest: string,
  fields: readonly Differing[],
): string {
  const expected = subject.digest['sha256'] ?? '';
  const isSame = digest === expected;
  const lines = isSame
    ? [`✔ identical: ${visible(subject.name)}`, `  sha256:${digest}, as the statement says`]
    : [
        `✖ different: ${visible(subject.name)}`,
        `  the statement says  sha256:${expected}`,
        `  built here          sha256:${digest}`,
      ];
  // The version was told before, and what was allowed is of who gave it away.
  const inputs = fields.filter(
    ({ field }) => !/^(runDetails\.builder|urn:eksd-rebuild:allowed)\b/.test(field),
  );
  const head = inputs.length === 0 ? '' : 'What it was built from is not all as the statement says:\n';
  return `\n${lines.join('\n')}\n${head}${describeFields(inputs)}`;
}

/** As many as anybody reads. */
const most = 20;

/** A line for each, and how many more there are. */
export function describeFields(fields: readonly Differing[]): string {
  const lines = fields.slice(0, most).map(({ field, stated, here }) => {
    return `  ${visible(field)}: the statement has ${shownValue(stated)}, here ${shownValue(here)}\n`;
  });
  const more = fields.length - most;
  return lines.join('') + (more > 0 ? `  and ${countOf(more, 'member')} more\n` : '');
}

function shownValue(value: string | undefined): string {
  if (value === undefined) return 'none';
  return visible(value.length > 200 ? `${value.slice(0, 200)}…` : value);
}
