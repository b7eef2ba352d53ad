import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { BuildLayout } from '../config/build-layout.ts';
import type { Command } from '../tool/process.ts';

/** Where a go command is run that a layout has a say in, and what it is given for that. */
export interface BuildPlace {
  /** A flag with `{checkout}` and `{directory}` replaced: the checkout's own path, and the one that go is run by. */
  fill(flag: string): string;
  /** Of the command: its folder, what it sees elsewhere, and what it is told of both. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly mounted?: NonNullable<Command['mounted']>;
}

/**
 * Lays a copy of the checkout out as a layout says. The link that leads back to it is relative, so that it leads there
 * wherever the checkout is seen.
 * @param checkout the copy; it is written to. @param scratch an empty folder of the task's own.
 */
export async function preparePlace(
  layout: BuildLayout,
  checkout: string,
  scratch: string,
): Promise<BuildPlace> {
  const { mode, link, at } = layout;
  const root = at ?? checkout;
  const below = link === undefined ? '' : join(link.gopath, 'src', link.package);
  if (link !== undefined) {
    const place = join(checkout, below);
    await mkdir(dirname(place), { recursive: true });
    await symlink(relative(dirname(place), checkout), place);
  }
  const directory = join(root, below);
  const mountPoint = join(scratch, 'mount');
  if (at !== undefined) await mkdir(mountPoint);
  return {
    fill: (flag) => flag.replaceAll('{checkout}', root).replaceAll('{directory}', directory),
    cwd: directory,
    env: {
      GO111MODULE: mode === 'gopath' ? 'off' : 'on',
      GOPATH: link === undefined ? join(scratch, 'gopath') : join(root, link.gopath),
      GOMODCACHE: join(scratch, 'gopath', 'pkg', 'mod'),
      // Go takes the name of its folder from here where it is the same folder: by that name, flags tell paths to trim.
      PWD: directory,
    },
    ...(at === undefined ? {} : { mounted: { folder: checkout, at, scratch: mountPoint } }),
  };
}
