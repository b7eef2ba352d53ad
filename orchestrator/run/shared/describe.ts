import { countOf } from '../../core/numbers.ts';
import { visible } from '../../core/visible.ts';
import type { SharedSummary } from '../../store/remote/shared.ts';
import type { Moved } from '../../store/remote/uploads.ts';

/** Complaints that are told; of more, how many there are. */
const told = 10;

/** What came of sharing, in a line, and what was wrong, a line each. Nothing where nothing was moved and nothing was wrong. */
export function describeShared({ place, fetched, stored, complaints }: SharedSummary): string {
  const lines = complaints.slice(0, told).map((each) => `${visible(each)}\n`);
  if (complaints.length > told)
    lines.push(`And ${countOf(complaints.length - told, 'more of its kind', 'more of their kind')}.\n`);
  if (fetched.results + stored.results > 0)
    lines.push(`Shared store ${place}: ${moved('took', fetched)}, ${moved('brought', stored)}.\n`);
  return lines.join('');
}

function moved(verb: string, { results, bytes }: Moved): string {
  return `${verb} ${countOf(results, 'result')} (${(bytes / 2 ** 20).toFixed(1)} MiB)`;
}
