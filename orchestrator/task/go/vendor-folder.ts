import { access, cp, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';

/** The folder of a modules tree with what `go mod vendor` left in the module's folder. */
const overlay = 'module';

/** What of a module's folder `go mod vendor` writes. */
const parts = ['vendor', 'go.mod', 'go.sum'] as const;

/**
 * Takes what `go mod vendor` writes over into a task's output. A module that needs no other has no `vendor`.
 * @param how whether the files may go from where they are: they are many.
 */
export async function takeVendored(
  moduleFolder: string,
  output: string,
  how: 'moved' | 'copied',
): Promise<void> {
  await mkdir(join(output, overlay), { recursive: true });
  for (const part of parts) {
    const from = join(moduleFolder, part);
    if (!(await exists(from))) continue;
    const to = join(output, overlay, part);
    await (how === 'moved' ? rename(from, to) : cp(from, to, { recursive: true }));
  }
}

/** Where a modules tree has what is laid over the module's folder before it is compiled. */
export function overlayOf(tree: string): string {
  return join(tree, overlay);
}

/** Whether `go mod vendor` made a folder: without one, `-mod=vendor` finds nothing to read. */
export async function hasVendor(tree: string): Promise<boolean> {
  return exists(join(tree, overlay, 'vendor'));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
