import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { imageOf } from '../../oci/image/image-file.ts';
import { type ImageTree, readImageTree } from '../../oci/image/image-tree.ts';
import { foreignPrograms, readImageView } from '../../oci/image/image-view.ts';
import { joinPlatforms } from '../../oci/image/join-platforms.ts';
import type { ImageIndexNode } from '../../plan/node-image.ts';
import { contentsPath, contentsText, readContents } from '../../rpm/contents/contents.ts';
import type { Outputs, TaskContext } from '../task.ts';

/** The images of all platforms under one name, each checked to hold programs for its platform only; with what is in each. */
export async function joinImages(
  node: ImageIndexNode,
  context: TaskContext,
): Promise<Result<Outputs, Failure>> {
  const trees: ImageTree[] = [];
  for (const id of node.images) {
    const tree = await readImageTree(context.tree(id), id);
    if (!tree.ok) return tree;
    const failure = await lookInto(node, tree.value, context);
    if (failure !== undefined) return err(failure);
    trees.push(tree.value);
  }
  const joined = await joinPlatforms(trees, context.output);
  // What is in an image follows from its bytes.
  return joined.ok ? ok({ derived: (path) => path.startsWith('contents/') }) : joined;
}

/** Checks the programs of each platform, and writes down what is in it. */
async function lookInto(
  node: ImageIndexNode,
  tree: ImageTree,
  context: TaskContext,
): Promise<Failure | undefined> {
  for (const { platform } of tree.images) {
    context.progress(`looking into ${platform}`);
    const name = `${node.image} for ${platform}`;
    const image = imageOf(tree, platform);
    if (!image.ok) return image.error;
    const view = await readImageView(image.value, { name, signal: context.signal });
    if (!view.ok) return view.error;
    const [first, ...others] = foreignPrograms(view.value);
    if (first === undefined) {
      const contents = await readContents(view.value, {
        name,
        signal: context.signal,
        scratch: context.scratch,
      });
      // What cannot be read of it is the matter of who asks for it.
      if (!contents.ok) continue;
      const file = join(context.output, contentsPath(platform));
      await mkdir(dirname(file), { recursive: true });
      await writeFile(file, contentsText(contents.value));
      continue;
    }
    const [path, { machine }] = first;
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
    const detail = `${path} in it is for ${machine?.platform ?? 'a machine that is not known'}${more}`;
    return { reason: 'missing-output', file: `image of ${name}`, detail };
  }
  return undefined;
}
