import { copyFile, lstat, mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { whyUnsafePath } from '../../core/relative-path.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { readFileOfImage } from '../../oci/image/image-file.ts';
import { imageFor, readImageTree } from '../../oci/image/image-tree.ts';
import { machineOf } from '../../oci/image/machine.ts';
import type { CBuildNode } from '../../plan/node-c.ts';
import type { Fleet } from '../../tool/buildkit/fleet.ts';
import { layOut } from '../image/lay-out.ts';
import { readSourceFacts } from '../source/facts.ts';
import { within } from '../source/within.ts';
import type { Outputs, TaskContext } from '../task.ts';
import { whatCompilerLacks } from './trouble.ts';

export interface CBuildOptions {
  readonly fleet: Fleet;
}

/**
 * A program in C, compiled by the gcc of an image in a stage of BuildKit: on a builder of the platform that the gcc runs on,
 * without a network, of one file of the checkout.
 * Errors: `usage` where the image lacks what it takes; `missing-output`; those of the fleet.
 */
export async function compileProgram(
  node: CBuildNode,
  context: TaskContext,
  { fleet }: CBuildOptions,
): Promise<Result<Outputs, Failure>> {
  const place = (part: string): string => join(context.scratch, part);
  const copied = await copySource(node, place('context'), context);
  if (!copied.ok) return copied;
  const tree = await readImageTree(context.tree(node.compiler), node.compiler, { isPartial: true });
  if (!tree.ok) return tree;
  const image = imageFor(tree.value, node.on);
  if (image === undefined) {
    const message = `The compiler for ${node.platform} is an image that is not for ${node.on}.`;
    return err({
      reason: 'usage',
      message,
      help: 'Say by "on" which platform it runs on (images.compilers).',
    });
  }
  const compiler = await layOut(tree.value, image.descriptor.digest, place('compiler'));
  const { headUnixTime: epoch } = await readSourceFacts(context.tree(node.source));
  await mkdir(place('dockerfile'));
  await writeFile(join(place('dockerfile'), 'Dockerfile'), dockerfileOf(node, image.config.config?.User));
  const notes = await fleet.build(
    {
      ...{ name: `${node.program}-${node.platform.replaceAll('/', '-')}`, platform: node.on, epoch },
      ...{ buildArgs: {}, labels: {}, layouts: { compiler }, context: place('context') },
      ...{ dockerfile: place('dockerfile'), output: place('built'), work: place('work') },
    },
    context,
  );
  if (!notes.ok) return err(whatCompilerLacks(node, notes.error) ?? notes.error);
  const taken = await takeProgram(node, place('built'), context);
  return taken.ok ? ok({ notes: notes.value }) : taken;
}

/** Puts the source file, and nothing else, where BuildKit reads it. */
async function copySource(
  { file, source, program }: CBuildNode,
  folder: string,
  context: TaskContext,
): Promise<Result<void, Failure>> {
  const detail = whyUnsafePath(file);
  if (detail !== undefined) return err({ reason: 'unsafe-path', path: file, where: program, detail });
  const checkout = join(context.tree(source), 'source');
  const from = await within(checkout, file);
  const found = await lstat(join(checkout, file)).catch(() => undefined);
  if (from === undefined || found?.isFile() !== true) {
    return err({ reason: 'missing-output', file: program, detail: `the checkout has no file ${file}` });
  }
  await mkdir(folder);
  await copyFile(from, join(folder, basename(file)));
  return ok(undefined);
}

/** What is compiled is all that it holds: gcc is called without a shell, so the image needs none. */
function dockerfileOf({ gcc, flags, file, program }: CBuildNode, user: string | undefined): string {
  const words = [gcc, ...flags, '-o', `/program/${program}`, `/source/${basename(file)}`];
  // Where the image has no list of users, BuildKit finds none, not even 0.
  const isRoot = ['', '0', 'root', '0:0'].includes(user ?? '');
  return `FROM compiler
ARG SOURCE_DATE_EPOCH
ENV LC_ALL=C
${isRoot ? '' : 'USER 0\n'}WORKDIR /program
RUN --network=none --mount=type=bind,target=/source ${JSON.stringify(words)}
FROM scratch
COPY --from=0 /program/ /
`;
}

async function takeProgram(
  { program, platform, on }: CBuildNode,
  folder: string,
  { output, signal }: TaskContext,
): Promise<Result<void, Failure>> {
  const tree = await readImageTree(folder, program);
  if (!tree.ok) return tree;
  const content = await readFileOfImage(tree.value, on, `/${program}`, { name: program, signal });
  if (!content.ok) return content;
  if (content.value === undefined) {
    return err({ reason: 'missing-output', file: program, detail: 'gcc wrote no such file' });
  }
  const found = machineOf(content.value)?.platform;
  if (found !== platform) {
    const detail = `what was compiled for ${platform} is for ${found ?? 'a machine that is not known'}`;
    return err({ reason: 'missing-output', file: program, detail });
  }
  await writeFile(join(output, program), content.value, { mode: 0o755 });
  return ok(undefined);
}
