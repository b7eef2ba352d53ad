import { exitCodeOf, gravest } from '../../core/exit-code.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { visible } from '../../core/visible.ts';
import type { Host } from '../../host.ts';
import type { NodeId } from '../../plan/node-base.ts';
import type { ImageReport } from '../../report/image-report.ts';
import { wantedImages } from '../deliver/wanted-images.ts';
import type { Rebuilt } from '../rebuild.ts';

/** How many of what is missing are named; the rest are counted. */
const shown = 10;

/**
 * A site is laid out whole or not at all: says what of it could not be made, and gives the gravest of the causes. Errors: that;
 * `usage` where there is nothing.
 */
export function isWhole(rebuilt: Rebuilt, host: Host): Result<readonly ImageReport[], Failure> {
  const { plan, planInput } = rebuilt.prepared;
  const isWanted = (image: string) => planInput.images?.isWanted(image) === true;
  const images = wantedImages(rebuilt);
  const missing = new Map<string, Failure>([
    ...plan.unplannedFiles.flatMap(({ path, image, failure }) =>
      image === undefined || isWanted(image) ? [[path, failure] as const] : [],
    ),
    ...plan.files.flatMap(({ path, node }) => {
      const failure = failureOf(rebuilt, node);
      return failure === undefined ? [] : [[path, failure] as const];
    }),
    ...images.flatMap(({ image, failure }) => (failure === undefined ? [] : [[image, failure] as const])),
  ]);
  if (missing.size === 0) return plan.files.length + images.length === 0 ? err(nothing) : ok(images);
  const names = [...missing.keys()];
  const more = names.length > shown ? [`and ${names.length - shown} more`] : [];
  const lines = [...names.slice(0, shown), ...more].map((line) => `  ${visible(line)}\n`);
  const help =
    'Say by --project which of the release is wanted; --no-images leaves out images, and files of them.';
  host.stderr.write(`Nothing is laid out: this could not be made:\n${lines.join('')}${help}\n`);
  const causes = [...missing.values()];
  const worst = gravest(causes.map(({ reason }) => exitCodeOf(reason)));
  return err(causes.find(({ reason }) => exitCodeOf(reason) === worst) ?? nothing);
}

const nothing: Failure = {
  reason: 'usage',
  message: 'Nothing is laid out: no file and no image of the release is among what was asked for.',
  help: '"archives" of the recipes say which files a release has.',
};

/** Why a node has no output. */
function failureOf({ report }: Rebuilt, id: NodeId): Failure | undefined {
  const node = report.nodes.find((each) => each.id === id);
  if (node?.tree !== undefined) return undefined;
  const end = node?.end;
  const because = end?.status === 'skipped' ? end.because : undefined;
  const cause = because === undefined ? end : report.nodes.find((each) => each.id === because)?.end;
  return cause?.status === 'failed' ? cause.failure : { reason: 'aborted' };
}
