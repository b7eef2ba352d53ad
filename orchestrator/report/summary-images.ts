import type { Colors } from 'picocolors/types.js';
import { failureHeadline } from '../core/failure-headline.ts';
import { countOf } from './count.ts';
import { type ImageReport, isVerified } from './image-report.ts';
import { type Align, type Cell, renderTable, tableWidth } from './table.ts';
import { wrap } from './wrap.ts';

const aligns: readonly Align[] = ['left', 'left', 'left', 'left'];

/** The images of a run: a line each with its digest, and why one is not verified or was not made. */
export function imageLines(
  images: readonly ImageReport[],
  columns: number,
  colours: Colors,
): readonly string[] {
  if (images.length === 0) return [];
  const rows = images.map((image): readonly Cell[] => {
    const { mark, paint } = markOf(image, colours);
    const digest = image.digest?.slice(0, 'sha256:'.length + 12) ?? 'not made';
    return [
      { text: mark, paint },
      { text: `${image.image}:${image.tag}` },
      { text: digest },
      { text: image.platforms.map(({ platform }) => platform).join(' '), paint: colours.dim },
    ];
  });
  // Which platforms an image is for is in the reports too.
  const fitting = tableWidth(rows) <= columns ? rows : rows.map((row) => row.slice(0, -1));
  const verified = images.filter(isVerified).length;
  return [
    '',
    ...renderTable(aligns, fitting),
    ...reasonsOf(images).flatMap((reason) => wrap(reason, columns, 2)),
    `  ${countOf(images.length, 'image')}, ${verified} of them hold only what was published`,
    ...variantsOf(images).map((text) => `  ${text}`),
  ];
}

function markOf(image: ImageReport, colours: Colors): { mark: string; paint: (text: string) => string } {
  if (image.digest === undefined) return { mark: '✖', paint: colours.red };
  return isVerified(image) ? { mark: '✔', paint: colours.green } : { mark: '!', paint: colours.yellow };
}

/** One sentence a cause: many images may lack the same base. */
function reasonsOf(images: readonly ImageReport[]): readonly string[] {
  const named = new Map<string, string[]>();
  for (const { image, failure, unverified } of images) {
    const reasons =
      failure === undefined
        ? [
            ...new Set(
              unverified.map(({ file, platform, verdict }) => `${file} for ${platform} is ${verdict}`),
            ),
          ]
        : [failureHeadline(failure)];
    for (const reason of reasons) named.set(reason, [...(named.get(reason) ?? []), image]);
  }
  return [...named].map(([reason, names]) => `${names.join(', ')}: ${reason}`);
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
