import type { ComponentChildren, JSX } from 'preact';
import { countOf } from '../../core/numbers.ts';
import { Mark, type Mood } from '../html/parts.tsx';
import { type ImageState, imageState, nothingPublished } from '../image-report.ts';
import type { ReportJson } from '../report-json.ts';
import type { Anchors } from './anchors.ts';
import { PackagesPart } from './packages.tsx';
import { StatementFacts } from './statements.tsx';
import { VexFacts } from './vex.tsx';

interface Shown {
  readonly report: Pick<ReportJson, 'images' | 'beside'>;
  readonly anchors: Anchors;
}

/** The images, with what they stand on, their digests, and what keeps one from being verified. */
export function ImagesSection({ report: { images, beside }, anchors }: Shown): JSX.Element | null {
  if (images === undefined || images.length === 0) return null;
  return (
    <section aria-labelledby="images">
      <h2 id="images">Images</h2>
      {images.map((image) => (
        <ImageDetails key={image.image} image={image} beside={beside} anchors={anchors} />
      ))}
    </section>
  );
}

const told: Readonly<Record<ImageState, { readonly mood: Mood; readonly word: string }>> = {
  verified: { mood: 'good', word: 'verified' },
  unpublished: { mood: 'quiet', word: 'nothing to verify it by' },
  unverified: { mood: 'quiet', word: 'not verified' },
  'not-made': { mood: 'bad', word: 'not made' },
};

type ImageJson = NonNullable<ReportJson['images']>[number];

function ImageDetails({
  image,
  beside,
  anchors,
}: { readonly image: ImageJson } & Pick<ReportJson, 'beside'> & Pick<Shown, 'anchors'>): JSX.Element {
  const { tag, standsOn, base, digest, platforms, programs, unverified, failure } = image;
  const { mood, word } = told[imageState(image)];
  return (
    <details class="image" open={mood !== 'good'}>
      <summary>
        <Mark mood={mood} /> <h3>{image.image}</h3> <span class="dim">{tag}</span>{' '}
        <span class={`counts ${mood}`}>{word}</span>
      </summary>
      <dl>
        <dt>Stands on</dt>
        <dd>
          {standsOn}
          {base !== undefined && (
            <>
              {' '}
              <span class="dim">({'reference' in base ? base.reference : `our own, ${base.from}`})</span>
            </>
          )}
        </dd>
        {digest !== undefined && <Digest of="Index" digest={digest} />}
        {platforms.map(({ platform, digest, layers }) => (
          <Digest key={platform} of={platform} digest={digest}>
            <Layers layers={layers} />
            <PackagesPart packages={anchors.packages(digest)} />
          </Digest>
        ))}
        <StatementFacts beside={beside} digests={[digest, ...platforms.map((each) => each.digest)]} />
        {platforms.map((each) => (
          <VexFacts key={each.platform} of={each.platform} counts={anchors.vexCounts(each.digest)} />
        ))}
        <Programs programs={programs} />
        {unverified.map(({ file, platform, verdict, why }) => (
          <>
            <dt>
              {file}, {platform}
            </dt>
            <dd>
              {verdict}. {why}
            </dd>
          </>
        ))}
        {programs.map(
          ({ file, platform, compiled }) =>
            compiled !== undefined && (
              <>
                <dt>
                  {file}, {platform}
                </dt>
                <dd>
                  Compiled by <span class="hash">{compiled.by}</span>. {nothingPublished}
                </dd>
              </>
            ),
        )}
        {failure !== undefined && (
          <>
            <dt>Why not</dt>
            <dd>{failure.description.split('\n')[0]}</dd>
          </>
        )}
      </dl>
    </details>
  );
}

/** Programs of ours in it, each with its platforms. */
function Programs({ programs }: Pick<ImageJson, 'programs'>): JSX.Element | null {
  if (programs.length === 0) return null;
  const platforms = new Map<string, string[]>();
  for (const { project, file, platform } of programs) {
    const name = `${file} of ${project}`;
    platforms.set(name, [...(platforms.get(name) ?? []), platform]);
  }
  return (
    <>
      <dt>Programs</dt>
      <dd>
        <ul>
          {[...platforms].map(([name, own]) => (
            <li key={name}>
              {name} <span class="dim">({own.join(', ')})</span>
            </li>
          ))}
        </ul>
      </dd>
    </>
  );
}

function Layers({ layers }: { readonly layers: ImageJson['platforms'][number]['layers'] }): JSX.Element {
  const bytes = layers.reduce((sum, { size }) => sum + size, 0);
  return (
    <details>
      <summary>
        {countOf(layers.length, 'layer')}, {megabytes(bytes)}
      </summary>
      <ol>
        {layers.map(({ digest, size }) => (
          <li key={digest}>
            <span class="hash">{digest}</span> <span class="dim">{megabytes(size)}</span>
          </li>
        ))}
      </ol>
    </details>
  );
}

/** As they are pulled: packed. */
function megabytes(bytes: number): string {
  return bytes < 1e5 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function Digest({
  of,
  digest,
  children,
}: {
  readonly of: string;
  readonly digest: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <>
      <dt>{of}</dt>
      <dd>
        <span class="hash">{digest}</span>
        {children}
      </dd>
    </>
  );
}
