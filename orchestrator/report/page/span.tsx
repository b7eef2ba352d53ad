import type { JSX } from 'preact';
import type { NodeJson } from '../recorded-build.ts';

/** A piece of a run's time, in seconds. */
export interface Piece {
  readonly from: number;
  readonly to: number;
  /** `waits`: for its turn. */
  readonly how: 'waits' | 'works' | 'failed';
}

/** Of so many parts the picture is made: what is shorter is a part wide. */
const parts = 1000;

/** Pieces that one picture has. */
const mostPieces = 60;

/**
 * When a thing was done, as a picture of one row. It says nothing to whoever hears the page: the cells beside it do. Work is a thick bar,
 * what failed a frame, and a wait a thin line: they differ without colour, too.
 */
export function Span({
  pieces,
  seconds,
}: {
  readonly pieces: readonly Piece[];
  /** Of the whole run. */
  readonly seconds: number;
}): JSX.Element {
  const at = (time: number) =>
    Math.min(parts, Math.max(0, Math.round((time / Math.max(seconds, 1e-9)) * parts)));
  return (
    <svg class="span" viewBox={`0 0 ${parts} 10`} preserveAspectRatio="none" aria-hidden="true">
      {joined(pieces, seconds).map(({ from, to, how }) => {
        const [height, width] = [how === 'waits' ? 2 : 8, Math.max(3, at(to) - at(from))];
        const x = Math.min(at(from), parts - width);
        return (
          <rect key={`${how} ${from}`} class={how} x={x} y={5 - height / 2} width={width} height={height} />
        );
      })}
    </svg>
  );
}

/** Pieces that overlap, or have next to nothing between them, as one; of many, with ever larger gaps. */
function joined(pieces: readonly Piece[], seconds: number): readonly Piece[] {
  const sorted = [...pieces].sort((a, b) => a.from - b.from);
  for (let gap = seconds / parts; ; gap = gap * 2 + 1e-6) {
    const found: Piece[] = [];
    for (const piece of sorted) {
      const last = found.at(-1);
      if (last === undefined || last.how !== piece.how || piece.from > last.to + gap) found.push(piece);
      else found[found.length - 1] = { ...last, to: Math.max(last.to, piece.to) };
    }
    if (found.length <= mostPieces || gap > seconds) return found.slice(0, mostPieces);
  }
}

/** How a task ended, in words. */
export const endWords: Readonly<Record<NodeJson['status'], string>> = {
  ran: 'done',
  cached: 'from the store',
  failed: 'failed',
  skipped: 'not begun',
  aborted: 'stopped',
};
