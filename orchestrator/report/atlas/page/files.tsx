import type { JSX } from 'preact';
import { type Counts, stateOfFile } from '../counts.ts';
import { groupBy } from '../order.ts';
import { anchorOf, linkTo, places } from '../places.ts';
import type { FileOfRelease } from '../view/release.ts';
import { Wide } from './frame.tsx';
import { Releases } from './parts.tsx';

interface FileInTable extends FileOfRelease {
  readonly name: string;
  readonly releases?: readonly string[];
  readonly build?: string;
}

/**
 * Files by platforms: a verdict, and the beginning of the SHA-256, which leads to all that is known of the file. @param isShort of what is
 * identical, that alone: the page of its build has its sums, and many releases have that build.
 */
export function FileTable({
  from,
  label,
  files,
  isShort = false,
}: {
  readonly from: string;
  readonly label: string;
  readonly files: readonly FileInTable[];
  readonly isShort?: boolean;
}): JSX.Element {
  const isTold = ({ verdict, build }: FileInTable) =>
    isShort && verdict === 'identical' && build !== undefined;
  const platforms = [...new Set(files.map(({ platform }) => platform))].sort();
  return (
    <Wide label={label}>
      <table class="files" aria-label={label}>
        <thead>
          <tr>
            <th scope="col">file</th>
            {platforms.map((platform) => (
              <th key={platform} scope="col">
                {platform}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {[...groupBy(files, ({ name }) => name)].map(([name, on]) => (
            <tr key={name}>
              <th scope="row">{name === '*' ? 'all that one task makes' : name}</th>
              {platforms.map((platform) => {
                const own = on.filter((each) => each.platform === platform);
                if (own.length === 1 && own.every(isTold)) return <td class="good">✔</td>;
                return (
                  <td key={platform}>
                    {own.map((each, at) => (
                      <FileCell key={at} from={from} file={each} />
                    ))}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}

/** What the mark alone says needs no words beside it: the page has a legend. */
function FileCell({ from, file }: { readonly from: string; readonly file: FileInTable }): JSX.Element {
  const { expected, verdict, comparable, found, cause, releases } = file;
  const { mark, mood, words } = stateOfFile(verdict, comparable === true);
  const isPlain = verdict === 'identical' || verdict === undefined;
  return (
    <div class={mood}>
      {mark}{' '}
      {!isPlain &&
        (cause === undefined || verdict === undefined ? (
          `${words} `
        ) : (
          <>
            <a href={linkTo(from, places.cause(verdict, cause))}>{words}</a>{' '}
          </>
        ))}
      <Sum from={from} sum={expected} />
      {found !== undefined && (
        <>
          , built <Sum from={from} sum={found} />
        </>
      )}
      {releases !== undefined && (
        <>
          {' '}
          in <Releases from={from} names={releases} />
        </>
      )}
    </div>
  );
}

/** The beginning of a SHA-256, as a link to what is known of it. */
function Sum({ from, sum }: { readonly from: string; readonly sum: string | undefined }): JSX.Element | null {
  if (sum === undefined) return null;
  return <a href={linkTo(from, places.digest(sum), anchorOf(sum))}>{sum.slice(0, 8)}</a>;
}

/** What the marks of files mean, as far as there are such. */
export function FileLegend({
  counts,
  isShort = false,
}: {
  readonly counts: Counts;
  readonly isShort?: boolean;
}): JSX.Element {
  const { identical, comparable, all, unknown } = counts;
  const marks = [
    ...(identical > 0 ? ['✔ identical'] : []),
    ...(comparable > identical ? ['✖ comparable, and not identical'] : []),
    ...(all > comparable + unknown ? ['– not compared'] : []),
    ...(unknown > 0 ? ['· not known yet'] : []),
  ];
  const sums = 'The beginning of the published SHA-256 leads to all that is known of a file.';
  const identicalOnes = 'The SHA-256 of what is identical is on the page of its build.';
  return (
    <p class="dim">
      {[
        ...(marks.length > 0 ? [`${marks.join(', ')}.`] : []),
        ...(isShort && identical > 0 ? [identicalOnes] : []),
        ...(isShort && identical === all ? [] : [sums]),
      ].join(' ')}
    </p>
  );
}
