import type { JSX } from 'preact';
import { countOf } from '../../../core/numbers.ts';
import { countsText, Lines, Listed } from '../../html/parts.tsx';
import { type Counts, countsWords, type State, stateOf, stateOfFile } from '../counts.ts';
import { rangesOf } from '../order.ts';
import { linkTo, places } from '../places.ts';
import type { Change } from '../view/change.ts';
import type { PatchOfRelease } from '../view/release.ts';

/** A mark with the words for whoever does not see it. */
export function StateMark({ state: { mood, mark } }: { readonly state: State }): JSX.Element {
  return (
    <span class={`mark ${mood}`} aria-hidden="true">
      {mark}
    </span>
  );
}

/** What tells builds of a version apart: with which Go, and the beginning of what stands for all that they depend on. */
export function BuildWords({
  build: { digest, go, flavour },
}: {
  readonly build: { readonly digest: string; readonly go?: string; readonly flavour?: string };
}): JSX.Element {
  return (
    <>
      {go !== undefined && `Go ${go}${flavour === undefined ? '' : ` (${flavour})`}, `}
      <code>{digest.slice(0, 12)}</code>
    </>
  );
}

/** The counts in large, a picture of their shares, and a sentence. */
export function Overall({ counts }: { readonly counts: Counts }): JSX.Element {
  const { identical, comparable, all, unknown } = counts;
  const { mood, words } = stateOf(counts);
  const shares = [
    ['good', identical],
    ['bad', comparable - identical],
    ['other', all - comparable - unknown],
    ['quiet', unknown],
  ] as const;
  const ends = shares.map((_, at) => shares.slice(0, at).reduce((sum, [, count]) => sum + count, 0));
  return (
    <div class="overall">
      <p class="counts">
        <strong class={mood}>{countsText(counts)}</strong> identical / comparable / all
      </p>
      {all > 0 && (
        <svg
          class="shares"
          viewBox={`0 0 ${all} 1`}
          preserveAspectRatio="none"
          role="img"
          aria-label={`${identical} identical, ${comparable - identical} comparable and not identical, ${all - comparable - unknown} not comparable, ${unknown} not known yet`}
        >
          {shares.map(
            ([kind, count], at) =>
              count > 0 && <rect key={kind} class={kind} x={ends[at]} y="0" width={count} height="1" />,
          )}
        </svg>
      )}
      <p>
        {words.charAt(0).toUpperCase()}
        {words.slice(1)}.{unknown > 0 && ` ${countOf(unknown, 'file is', 'files are')} not known yet.`}
      </p>
    </div>
  );
}

export function CountsCells({ counts }: { readonly counts: Counts }): JSX.Element {
  const state = stateOf(counts);
  return (
    <>
      <td class={`count ${state.mood}`}>{counts.all === 0 ? 'no published sums' : countsText(counts)}</td>
      <td class="count dim">{counts.unknown === 0 ? '' : counts.unknown}</td>
    </>
  );
}

export function CountsHeads(): JSX.Element {
  return (
    <>
      <th scope="col" class="count">
        identical / comparable / all
      </th>
      <th scope="col" class="count">
        not known yet
      </th>
    </>
  );
}

/** A release as a cell of the picture. */
export function ReleaseCell({
  from,
  release: { name, number, date, counts },
}: {
  readonly from: string;
  readonly release: {
    readonly name: string;
    readonly number: number;
    readonly date: string;
    readonly counts: Counts;
  };
}): JSX.Element {
  const { mood, mark, words } = stateOf(counts);
  const text = `${name}, ${date === '' ? 'no date' : date}: ${countsWords(counts)}; ${words}`;
  return (
    <a class={`cell ${mood}`} href={linkTo(from, places.release(name))} title={text} aria-label={text}>
      {mark}
      <small>{number === 0 ? '' : number}</small>
    </a>
  );
}

/** Releases as links: those that follow one another in a branch by the first and the last of them. */
export function Releases({
  from,
  names,
}: {
  readonly from: string;
  readonly names: readonly string[];
}): JSX.Element {
  const link = (name: string, words = name) => <a href={linkTo(from, places.release(name))}>{words}</a>;
  return (
    <Listed
      items={rangesOf(names).map(([first, ...others]) => {
        const last = others.at(-1);
        if (last === undefined) return link(first);
        return (
          <>
            {link(first)} to {link(last, last.slice(last.lastIndexOf('-') + 1))}
          </>
        );
      })}
    />
  );
}

/** Words that may be long: folded where they are. */
export function Words({ text }: { readonly text: string }): JSX.Element {
  if (text.length <= 400) return <>{text}</>;
  return (
    <details class="folded">
      <summary>{text.slice(0, 200)}…</summary>
      <Lines text={text} />
    </details>
  );
}

export function FileVerdictWords({
  verdict,
  comparable,
}: {
  readonly verdict: Parameters<typeof stateOfFile>[0];
  readonly comparable: boolean;
}): JSX.Element {
  const { mood, mark, words } = stateOfFile(verdict, comparable);
  return (
    <span class={mood}>
      {mark} {words}
    </span>
  );
}

const patchWords: Readonly<Record<NonNullable<Change['patches']>[number]['change'], string>> = {
  added: 'added',
  removed: 'dropped',
  changed: 'changed',
  unknown: 'perhaps changed',
};

/** @param isBrief without the patches of each. */
export function ChangeList({
  changes,
  isBrief = false,
}: {
  readonly changes: readonly Change[] | undefined;
  readonly isBrief?: boolean;
}): JSX.Element {
  if (changes === undefined) return <p class="dim">What differs is not known: a lock is missing.</p>;
  if (changes.length === 0) return <p class="dim">Nothing that the locks say differs.</p>;
  return (
    <ul>
      {changes.map(({ what, how, patches = [] }, at) => (
        <li key={at}>
          {what}: {how.join('; ')}
          {!isBrief && patches.length > 0 && (
            <ul>
              {patches.map(({ change, what, fixes }, at) => (
                <li key={at}>
                  {patchWords[change]}: <Words text={what} />
                  {fixes !== undefined && <span class="dim"> ({fixes.join(', ')})</span>}
                </li>
              ))}
            </ul>
          )}
        </li>
      ))}
    </ul>
  );
}

/** Patches in the order of their application, folded. */
export function Patches({ patches }: { readonly patches: readonly PatchOfRelease[] }): JSX.Element | null {
  if (patches.length === 0) return null;
  return (
    <details class="folded">
      <summary>{countOf(patches.length, 'patch', 'patches')}</summary>
      <ol>
        {patches.map(({ what, fixes = [] }, at) => {
          const others = fixes.filter((fix) => !what.includes(fix));
          return (
            <li key={at}>
              <Words text={what} />
              {others.length > 0 && <span class="dim"> ({others.join(', ')})</span>}
            </li>
          );
        })}
      </ol>
    </details>
  );
}
