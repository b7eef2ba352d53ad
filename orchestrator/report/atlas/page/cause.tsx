import type { JSX } from 'preact';
import { countOf } from '../../../core/numbers.ts';
import type { VerdictName } from '../../../verdict/verify/verdict.ts';
import type { Page } from '../../html/document.tsx';
import { Listed } from '../../html/parts.tsx';
import { anchorOf, linkTo, places } from '../places.ts';
import type { CauseView } from '../view/cause.ts';
import { framed } from './frame.tsx';
import { Releases, Words } from './parts.tsx';
import { Builds } from './project.tsx';

/** What each verdict but the good ones means. */
const verdicts: Readonly<Record<Exclude<VerdictName, 'identical' | 'equivalent'>, string>> = {
  explained: 'The file differs, and with the one thing changed that is named, the published bytes came out.',
  different: 'The file differs, and why is not known for certain.',
  'build-failed': 'It could not be built: the fault of the build, or of who built it.',
  'infra-failed': 'It could not be built, for want of a network or a disk.',
  'source-unavailable': 'What it is made of cannot be had any more, or is not what the release names.',
  'toolchain-unavailable': 'The Go that it was built with cannot be had.',
  'stale-expectation': 'It differs from a SHA-256 that nobody compared when it was published.',
  'no-expectation': 'No published SHA-256 speaks of it.',
  'not-built': 'Nobody has written yet how it is built.',
};

/** What a kind of cause is: the rules by which causes are looked for, and failures that say little by their name. */
const kinds: Readonly<Record<string, string>> = {
  unknown: 'No cause was found, or none was looked for.',
  expectation:
    'It is about the published SHA-256 itself: it is stale, copied, or older than what stands beside it.',
  go: 'Another version of Go, or another distribution of it.',
  stamp: 'What Go writes into a program of the version control: commit, time, whether files were changed.',
  'link-values': 'Values that the linker sets in variables: versions, commits, dates.',
  patches: 'The patches: which, in which order, committed by whom and when.',
  modules: 'Sums of modules in the build information; modules from a vendor folder or from the module cache.',
  settings: 'Flags and environment of the build.',
  paths: 'Absolute paths in the program.',
  'not-run': 'Nothing that runs differs: sections for debuggers, build identifiers.',
  nondeterministic: 'Two builds of our own differ: the build depends on something that changes.',
  code: 'The code differs.',
  'command-failed': 'A command of the build ended with an error.',
  'patch-failed': 'A patch does not fit the source that the release names.',
  'missing-output': 'The build came to its end without making the file.',
  'moved-tag': 'A tag points at another commit than the release was made from.',
  'module-unavailable': 'A Go module cannot be had any more.',
  'module-mismatch': 'A Go module is not the one that its checksum names.',
};

/** How sure a cause is (`verdict/verify/explanation.ts`). */
const confidences: Readonly<Record<string, string>> = {
  confirmed: 'Confirmed: built with that one thing changed, the published bytes came out.',
  high: 'Likely: what differs in the two files speaks for it, and for nothing else that is known.',
  medium: 'Possible: what differs in the two files speaks for it.',
  low: 'Open: nothing speaks for a cause that is known.',
};

/** As many files as are shown without being asked for. */
const shown = 12;

export function causePage({ verdict, kind, files, builds, projects, found }: CauseView): Page {
  const place = places.cause(verdict, kind);
  return framed({
    place,
    title: `${verdict}: ${kind === 'unknown' ? 'no cause found' : kind}`,
    children: (
      <>
        <p>
          {verdict === 'identical' || verdict === 'equivalent' ? '' : verdicts[verdict]} {kinds[kind] ?? ''}
        </p>
        <p>
          {countOf(files, 'file')} of {countOf(projects.length, 'project')}
          {builds > 0 && `, of ${countOf(builds, 'build')}`}.
        </p>
        <section aria-labelledby="found">
          <h2 id="found">Which files, and why</h2>
          {found.map((each, at) => (
            <Found key={at} place={place} found={each} />
          ))}
        </section>
      </>
    ),
  });
}

interface InCause {
  readonly place: string;
  readonly found: CauseView['found'][number];
}

function Found({ place, found }: InCause): JSX.Element {
  const { project, version, text, confidence, count, builds, releases } = found;
  return (
    <article class="change">
      <h3>
        <a href={linkTo(place, places.project(project))}>{project}</a> {version}
      </h3>
      {text !== undefined && (
        <div>
          <Words text={text} />
        </div>
      )}
      {confidence !== undefined && <p class="dim">{confidences[confidence] ?? confidence}</p>}
      <Files place={place} found={found} />
      <div>
        {countOf(count, 'time')} in <Releases from={place} names={releases} />
        {builds.length > 0 && (
          <>
            ; {builds.length === 1 ? 'build' : 'builds'} <Builds from={place} builds={builds} />
          </>
        )}
      </div>
    </article>
  );
}

function Files({ place, found: { files } }: InCause): JSX.Element {
  const links = (
    <Listed
      items={files.map(({ name, platform, expected }) => {
        const words = `${name === '*' ? 'all that one task makes' : name} for ${platform}`;
        if (expected === undefined) return words;
        return <a href={linkTo(place, places.digest(expected), anchorOf(expected))}>{words}</a>;
      })}
    />
  );
  if (files.length <= shown) return <p>{links}</p>;
  return (
    <details>
      <summary>{countOf(files.length, 'file')}</summary>
      {links}
    </details>
  );
}
