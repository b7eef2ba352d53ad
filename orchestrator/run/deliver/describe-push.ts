import { countOf } from '../../core/numbers.ts';
import type { PlannedTag, PushPlan } from '../../oci/push/plan.ts';
import { type ImageReport, nothingPublished, unpublishedPrograms } from '../../report/image-report.ts';
import { renderTable } from '../../report/table.ts';

/**
 * What a push would do, for a reader: a line an image, under the name that it is pulled by, and a tag, and the sums. Ends in a
 * line end.
 */
export function describePush(plan: PushPlan): string {
  const rows = plan.images.flatMap(({ repository, digest, tags, bytes, allowed }) => [
    [
      { text: `${plan.host}/${repository}@${digest}` },
      { text: bytes.upload === 0 ? 'nothing to upload' : `${megabytes(bytes.upload)} to upload` },
      {
        text:
          allowed === undefined ? '' : `${countOf(allowed.files.length, 'file')} allowed: ${allowed.reason}`,
      },
    ],
    ...tags.map((tag) => [{ text: `  :${tag.tag}  ${stateText(tag)}` }, { text: '' }, { text: '' }]),
  ]);
  const { upload, mount, present } = plan.bytes;
  const sums = `${megabytes(upload)} to upload, ${megabytes(mount)} to mount from other repositories, ${megabytes(present)} there already`;
  return `${[...renderTable(['left', 'left', 'left'], rows), `${countOf(plan.images.length, 'image')}: ${sums}`].join('\n')}\n`;
}

/** A line for each image with a program that can neither agree with what was published nor differ. */
export function describeUnpublished(images: readonly ImageReport[]): string {
  return images
    .flatMap((image) =>
      unpublishedPrograms(image).map(
        (file) => `${image.image}: ${file} was compiled here. ${nothingPublished}\n`,
      ),
    )
    .join('');
}

function stateText({ state, there }: PlannedTag): string {
  if (state === 'same') return 'there';
  return state === 'new' ? 'new' : `would be moved from ${there}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}
