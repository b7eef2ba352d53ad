import { type ImageState, imageState, nothingPublished } from '../image-report.ts';
import type { ReportJson } from '../report-json.ts';
import { html, type Markup } from './markup.ts';
import { markOf } from './totals.ts';

/** The images, with what they stand on, their digests, and what keeps one from being verified. */
export function imagesSection({ images }: ReportJson): Markup {
  if (images === undefined || images.length === 0) return html``;
  return html`<section aria-labelledby="images">
<h2 id="images">Images</h2>
${images.map(imageDetails)}</section>
`;
}

const told: Readonly<Record<ImageState, { readonly mood: 'good' | 'bad' | 'quiet'; readonly word: string }>> =
  {
    verified: { mood: 'good', word: 'verified' },
    unpublished: { mood: 'quiet', word: 'nothing to verify it by' },
    unverified: { mood: 'quiet', word: 'not verified' },
    'not-made': { mood: 'bad', word: 'not made' },
  };

type ImageJson = NonNullable<ReportJson['images']>[number];

function imageDetails(image: ImageJson): Markup {
  const { tag, standsOn, base, digest, platforms, programs, unverified, failure } = image;
  const { mood, word } = told[imageState(image)];
  return html`<details class="image"${mood !== 'good' && html` open`}>
<summary>${markOf(mood)} <h3>${image.image}</h3> <span class="dim">${tag}</span> <span class="counts ${mood}">${word}</span></summary>
<dl>
<dt>Stands on</dt><dd>${standsOn}${base !== undefined && html` <span class="dim">(${'reference' in base ? base.reference : `our own, ${base.from}`})</span>`}</dd>
${digest !== undefined && html`<dt>Index</dt><dd><span class="hash">${digest}</span></dd>`}
${platforms.map((each) => html`<dt>${each.platform}</dt><dd><span class="hash">${each.digest}</span></dd>`)}
${unverified.map(({ file, platform, verdict, why }) => html`<dt>${file}, ${platform}</dt><dd>${verdict}. ${why}</dd>`)}
${programs.map(({ file, platform, compiled }) => compiled !== undefined && html`<dt>${file}, ${platform}</dt><dd>Compiled by <span class="hash">${compiled.by}</span>. ${nothingPublished}</dd>`)}
${failure !== undefined && html`<dt>Why not</dt><dd>${failure.description.split('\n')[0]}</dd>`}
</dl></details>
`;
}
