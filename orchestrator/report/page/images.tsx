import type { JSX } from 'preact';
import { Mark, type Mood } from '../html/parts.tsx';
import { type ImageState, imageState, nothingPublished } from '../image-report.ts';
import type { ReportJson } from '../report-json.ts';

/** The images, with what they stand on, their digests, and what keeps one from being verified. */
export function ImagesSection({ images }: Pick<ReportJson, 'images'>): JSX.Element | null {
  if (images === undefined || images.length === 0) return null;
  return (
    <section aria-labelledby="images">
      <h2 id="images">Images</h2>
      {images.map((image) => (
        <ImageDetails key={image.image} image={image} />
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

function ImageDetails({ image }: { readonly image: ImageJson }): JSX.Element {
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
        {platforms.map((each) => (
          <Digest key={each.platform} of={each.platform} digest={each.digest} />
        ))}
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

function Digest({ of, digest }: { readonly of: string; readonly digest: string }): JSX.Element {
  return (
    <>
      <dt>{of}</dt>
      <dd>
        <span class="hash">{digest}</span>
      </dd>
    </>
  );
}
