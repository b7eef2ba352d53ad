import type { JSX } from 'preact';
import { defined } from '../../../core/defined.ts';
import { countOf } from '../../../core/numbers.ts';
import type { Page } from '../../html/document.tsx';
import { anchorOf, linkTo, places } from '../places.ts';
import type { DigestsView, KnownDigest, KnownUse } from '../view/digest.ts';
import { framed } from './frame.tsx';
import { BuildWords, FileVerdictWords, Releases } from './parts.tsx';
import { Search } from './search.tsx';

export interface DigestIndex {
  readonly page: 'sha256-index';
  /** How many files there are, by the first two digits. */
  readonly counts: Readonly<Record<string, number>>;
}

export function digestIndexPage({ counts }: DigestIndex): Page {
  const place = places.digests;
  return framed({
    place,
    title: 'Files by SHA-256',
    scripted: true,
    children: (
      <>
        <Search place={place} />
        <h2>The first two digits</h2>
        <p class="digits">
          {Object.entries(counts).map(([prefix, count]) => (
            <a key={prefix} href={linkTo(place, places.digest(prefix))} title={countOf(count, 'file')}>
              {prefix}
            </a>
          ))}
        </p>
      </>
    ),
  });
}

export function digestsPage({ prefix, files }: DigestsView): Page {
  const place = places.digest(prefix);
  return framed({
    place,
    title: `Files whose SHA-256 begins with ${prefix}`,
    above: [['SHA-256', places.digests]],
    scripted: true,
    children: (
      <>
        <Search place={place} />
        <p>{countOf(files.length, 'file')}. One that is not here is named by no release of this atlas.</p>
        <div data-sums>
          {files.map((file) => (
            <Known key={file.sha256} place={place} file={file} />
          ))}
        </div>
      </>
    ),
  });
}

function Known({
  place,
  file: { sha256, as },
}: {
  readonly place: string;
  readonly file: KnownDigest;
}): JSX.Element {
  return (
    <article class="sum" id={anchorOf(sha256)}>
      <h2 class="hash" data-copy="">
        {sha256}
      </h2>
      {as.map((use, at) => (
        <Use
          key={at}
          place={place}
          use={use}
          isAlone={as.filter((other) => isLike(other, use)).length === 1}
        />
      ))}
    </article>
  );
}

/** Whether two are the same file of a version, so that but for their builds a reader would take them for one. */
function isLike(one: KnownUse, other: KnownUse): boolean {
  const keys = ['published', 'project', 'version', 'platform', 'name'] as const;
  return keys.every((key) => one[key] === other[key]);
}

function Use({
  place,
  use,
  isAlone,
}: {
  readonly place: string;
  readonly use: KnownUse;
  readonly isAlone: boolean;
}): JSX.Element {
  const { published, project, version, platform, name, verdict, comparable, instead, releases } = use;
  const { build, go, flavour } = use;
  return (
    <div>
      {name} for {platform}, of{' '}
      <a href={linkTo(place, build === undefined ? places.project(project) : places.build(build))}>
        {project} {version}
        {!isAlone && build !== undefined && (
          <>
            {' '}
            (<BuildWords build={{ digest: build, ...defined({ go, flavour }) }} />)
          </>
        )}
      </a>
      {published ? ', as published' : ', as built, which is not what was published'}:{' '}
      <FileVerdictWords verdict={verdict} comparable={comparable === true} />
      {instead !== undefined && (
        <>
          . {published ? 'Built was' : 'Published is'}{' '}
          <a class="hash" href={linkTo(place, places.digest(instead), anchorOf(instead))}>
            {instead}
          </a>
        </>
      )}
      . <Releases from={place} names={releases} />
    </div>
  );
}
