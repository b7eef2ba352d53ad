import type { Colors } from 'picocolors/types.js';
import type { Failure } from '../../core/failure.ts';
import { failureHeadline } from '../../core/failure-headline.ts';
import { countOf } from '../../core/numbers.ts';
import {
  type ImageReport,
  type ImageState,
  imageState,
  nothingPublished,
  unpublishedPrograms,
} from '../image-report.ts';
import { type Align, type Cell, renderTable, tableWidth } from '../table.ts';
import { wrap } from './wrap.ts';

const aligns: readonly Align[] = ['left', 'left', 'left'];

/** The images of a run, each with its whole digest below it, and why one is not verified or was not made. */
export function imageLines(
  images: readonly ImageReport[],
  columns: number,
  colours: Colors,
): readonly string[] {
  if (images.length === 0) return [];
  const rowsOf = (withPlatforms: boolean) =>
    images.map((image): readonly Cell[] => {
      const { mark, paint } = markOf(image, colours);
      const platforms = withPlatforms ? image.platforms.map(({ platform }) => platform).join(' ') : '';
      const last =
        image.digest === undefined ? { text: 'not made' } : { text: platforms, paint: colours.dim };
      return [{ text: mark, paint }, { text: `${image.image}:${image.tag}` }, last];
    });
  // Which platforms an image is for is in the reports too.
  const rows = [true, false].map(rowsOf).find((each) => tableWidth(each) <= columns) ?? rowsOf(false);
  return [
    '',
    ...renderTable(aligns, rows).flatMap((line, at) => [line, ...nameLine(images[at])]),
    ...reasonsOf(images).flatMap((reason) => wrap(reason, columns, 2)),
    ...wrap(sumsOf(images), columns, 2),
    ...variantsOf(images).map((text) => `  ${text}`),
  ];
}

/** As it is pulled, but for the registry: whole, because somebody copies it. */
function nameLine(image: ImageReport | undefined): readonly string[] {
  return image?.digest === undefined ? [] : [`   ${image.image}@${image.digest}`];
}

function markOf(image: ImageReport, colours: Colors): { mark: string; paint: (text: string) => string } {
  const marks = {
    verified: { mark: '✔', paint: colours.green },
    unpublished: { mark: '·', paint: colours.dim },
    unverified: { mark: '!', paint: colours.yellow },
    'not-made': { mark: '✖', paint: colours.red },
  };
  return marks[imageState(image)];
}

/** How many are what: `16 images, 15 of them hold only what was published, 1 holds what nothing published speaks of`. */
function sumsOf(images: readonly ImageReport[]): string {
  const count = (wanted: ImageState): number => images.filter((image) => imageState(image) === wanted).length;
  const [verified, unpublished] = [count('verified'), count('unpublished')];
  const other =
    unpublished === 0 ? '' : `, ${countOf(unpublished, 'holds', 'hold')} what nothing published speaks of`;
  const only = countOf(verified, 'of them holds', 'of them hold');
  return `${countOf(images.length, 'image')}, ${only} only what was published${other}`;
}

/** One sentence a cause: many images may lack the same base. */
function reasonsOf(images: readonly ImageReport[]): readonly string[] {
  const named = new Map<string, string[]>();
  for (const each of images) {
    const { image, failure, unverified } = each;
    const compiled = unpublishedPrograms(each).map(
      (file) => `${file} was compiled here. ${nothingPublished}`,
    );
    const reasons =
      failure === undefined
        ? [
            ...compiled,
            ...new Set(
              unverified.map(({ file, platform, verdict }) => `${file} for ${platform} is ${verdict}`),
            ),
          ]
        : [toldOf(failure)];
    for (const reason of reasons) named.set(reason, [...(named.get(reason) ?? []), image]);
  }
  return [...named].map(([reason, names]) => `${names.join(', ')}: ${reason}`);
}

/** What is to be done about the settings or the command line is told at once: nothing else says it. */
function toldOf(failure: Failure): string {
  const headline = failureHeadline(failure);
  return failure.reason === 'usage' ? `${headline} ${failure.help}` : headline;
}

/** What does not stand on what was published is told: it is another image, however well it works. */
function variantsOf(images: readonly ImageReport[]): readonly string[] {
  const own = new Set(
    images.flatMap(({ base }) => (base?.from === 'al2' || base?.from === 'al2023' ? [base.from] : [])),
  );
  const names = {
    al2: 'Amazon Linux 2',
    al2023: 'Amazon Linux 2023, a variant: EKS Distro stands on Amazon Linux 2',
  };
  return [...own].map((name) => `On base images of our own: ${names[name]}.`);
}
