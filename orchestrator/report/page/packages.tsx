import type { JSX } from 'preact';
import { countOf } from '../../core/numbers.ts';
import { fileLink } from '../html/parts.tsx';
import type { ShownPackages, Some } from './bounded-beside.ts';

/** What an image holds for one platform, as its bill of materials says: folded, with the bill. Nothing where no bill lies beside. */
export function PackagesPart({
  packages,
}: {
  readonly packages: ShownPackages | undefined;
}): JSX.Element | null {
  if (packages === undefined) return null;
  const { path, rpms, modules, unread } = packages;
  const counts = [
    ...(rpms.count === 0 ? [] : [countOf(rpms.count, 'RPM package')]),
    ...(modules.count === 0 ? [] : [countOf(modules.count, 'Go module')]),
  ];
  return (
    <details class="packages">
      <summary>{counts.length === 0 ? 'No package is known in it' : counts.join(', ')}</summary>
      <p class="dim">
        As its <a href={fileLink(path)}>bill of materials</a> says.
        {unread.length > 0 && ` It holds more, of which nothing is known: ${unread.join(', ')}.`}
      </p>
      <Names title="RPM packages" names={rpms} />
      <Names title="Go modules" names={modules} />
    </details>
  );
}

function Names({
  title,
  names,
}: {
  readonly title: string;
  readonly names: Some<string>;
}): JSX.Element | null {
  if (names.count === 0) return null;
  const left = names.count - names.shown.length;
  return (
    <>
      <h4>{title}</h4>
      <ul class="names">
        {names.shown.map((name, at) => (
          <li key={at}>{name}</li>
        ))}
        {left > 0 && <li class="dim">{left} more in the bill</li>}
      </ul>
    </>
  );
}
