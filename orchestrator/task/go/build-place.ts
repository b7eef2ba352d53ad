import { mkdir, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { BuildLayout } from '../../config/project/build-layout.ts';
import { defined } from '../../core/defined.ts';
import type { Failure } from '../../core/failure.ts';
import type { Command } from '../../tool/process/process.ts';
import { goesThroughLink } from '../source/within.ts';

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
  for (const { path, target } of linksOf(layout, checkout)) {
    await mkdir(dirname(path), { recursive: true });
    await symlink(target, path);
  }
  const place = describePlace(layout, checkout, scratch);
  if (place.mounted !== undefined) await mkdir(place.mounted.scratch);
  return place;
}

/** Why a layout's link cannot be made in a checkout: a link of its own on the way there leads elsewhere. */
export async function linkAstray(layout: BuildLayout, checkout: string): Promise<Failure | undefined> {
  for (const { path } of linksOf(layout, checkout)) {
    const below = relative(checkout, path);
    if (!(await goesThroughLink(checkout, below))) continue;
    return {
      reason: 'unsafe-path',
      path: below,
      where: 'the checkout',
      detail: 'goes through a symbolic link',
    };
  }
  return undefined;
}

/** The place that `preparePlace` makes. Pure: the folders may be names. */
export function describePlace(layout: BuildLayout, checkout: string, scratch: string): BuildPlace {
  const { mode, link, at } = layout;
  const root = at ?? checkout;
  const directory = link === undefined ? root : join(root, linkOf(link));
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
    ...defined({
      mounted: at === undefined ? undefined : { folder: checkout, at, scratch: join(scratch, 'mount') },
    }),
  };
}

/** The links that a layout has in a checkout. */
export function linksOf(
  { link }: BuildLayout,
  checkout: string,
): readonly { readonly path: string; readonly target: string }[] {
  if (link === undefined) return [];
  const path = join(checkout, linkOf(link));
  return [{ path, target: relative(dirname(path), checkout) }];
}

/** The link's place below the checkout. */
function linkOf({ gopath, package: path }: NonNullable<BuildLayout['link']>): string {
  return join(gopath, 'src', path);
}
