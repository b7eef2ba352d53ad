import { access, readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { BuilderSettings, ImageSettings } from '../config/settings/images.ts';
import { type Settings, settingsSchema, type ToolchainSettings } from '../config/settings/settings.ts';
import { decodeYaml } from '../config/yaml.ts';
import type { Failure } from '../core/failure.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { placeSettings } from './place-settings.ts';
import { shownPath } from './shown-path.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly root?: string;
  readonly cache?: string;
  readonly settings?: string;
}

/** What images stand on: see `config/settings/images.ts`. */
export type BaseSetting = NonNullable<ImageSettings['base']>;

/** Where things are, and the settings in force. */
export interface Workspace {
  /** Where locks are written and the user's own projects and patches are. Absolute. */
  readonly root: string;
  /** Searched in order for `releases/` and `projects/`: the root, then the package. */
  readonly searchPath: readonly string[];
  readonly cache: string;
  /** Where reports go. */
  readonly out: string;
  readonly upstream: string;
  /** The repository of the builder images. */
  readonly buildTooling: string;
  /** With `{org}` and `{repo}`. */
  readonly sources: string;
  readonly mirrors: Readonly<Record<string, string>>;
  readonly toolchains: {
    readonly downloads: string;
    readonly versions: Readonly<Record<string, ToolchainSettings>>;
  };
  readonly images: ImageSettings & {
    readonly base: BaseSetting;
    readonly published: string;
  };
  /** Builders of images by platform; empty: the default for all. */
  readonly builders: Readonly<Record<string, readonly BuilderSettings[]>>;
  readonly registries: NonNullable<Settings['registries']>;
  readonly ecr: NonNullable<Settings['ecr']>;
  readonly distributions: NonNullable<Settings['distributions']>;
  readonly limits: { readonly network: number; readonly builds: number; readonly memoryBytes: number };
}

const settingsFile = 'eksd-rebuild.yaml';
const mebibyte = 1024 * 1024;

/**
 * Finds the root (--root, or the nearest folder upwards with an `eksd-rebuild.yaml`, or with both `releases` and
 * `projects`, or the current folder) and merges the settings: command line, environment, root's file, user's file.
 * Errors: `configuration` where a settings file is malformed, `usage` where one that was named is not there.
 */
export async function openWorkspace(options: GlobalOptions, host: Host): Promise<Result<Workspace, Failure>> {
  const root = options.root === undefined ? await findRoot(host.cwd) : resolve(host.cwd, options.root);
  const home = host.env['HOME'] ?? host.cwd;
  const userFile = join(
    host.env['XDG_CONFIG_HOME'] ?? join(home, '.config'),
    'eksd-rebuild',
    'settings.yaml',
  );
  const merged: { -readonly [Name in keyof Settings]: Settings[Name] } = {};
  const files = [userFile, join(root, settingsFile)];
  if (options.settings !== undefined) files.push(resolve(host.cwd, options.settings));
  for (const file of files) {
    const read = await readSettings(file, file === resolve(host.cwd, options.settings ?? '\0'), host.cwd);
    if (!read.ok) return read;
    Object.assign(merged, read.value, {
      mirrors: { ...merged.mirrors, ...read.value.mirrors },
      limits: { ...merged.limits, ...read.value.limits },
      images: { ...merged.images, ...read.value.images },
      builders: { ...merged.builders, ...read.value.builders },
      registries: { ...merged.registries, ...read.value.registries },
      toolchains: mergeToolchains(merged.toolchains, read.value.toolchains),
    });
  }
  const cache = options.cache ?? host.env['EKSD_REBUILD_CACHE'] ?? merged.cache;
  return ok({
    root,
    out: join(root, 'out'),
    searchPath: root === host.packageFolder ? [root] : [root, host.packageFolder],
    cache:
      cache === undefined
        ? join(host.env['XDG_CACHE_HOME'] ?? join(home, '.cache'), 'eksd-rebuild')
        : resolve(host.cwd, cache),
    upstream: merged.upstream ?? 'https://github.com/aws/eks-distro.git',
    buildTooling: merged.buildTooling ?? 'https://github.com/aws/eks-distro-build-tooling.git',
    sources: merged.sources ?? 'https://github.com/{org}/{repo}.git',
    mirrors: merged.mirrors ?? {},
    toolchains: {
      downloads: merged.toolchains?.downloads ?? 'https://go.dev/dl',
      versions: merged.toolchains?.versions ?? {},
    },
    images: {
      ...merged.images,
      base: merged.images?.base ?? 'published',
      published: merged.images?.published ?? 'public.ecr.aws/eks-distro-build-tooling',
    },
    builders: merged.builders ?? {},
    registries: merged.registries ?? {},
    ecr: merged.ecr ?? {},
    distributions: merged.distributions ?? {},
    limits: {
      network: merged.limits?.network ?? 4,
      builds: merged.limits?.builds ?? defaultBuilds(host.cores),
      memoryBytes:
        merged.limits?.memory === undefined
          ? Math.floor(host.memory * 0.75)
          : merged.limits.memory * mebibyte,
    },
  });
}

function mergeToolchains(
  first: Settings['toolchains'],
  second: Settings['toolchains'],
): NonNullable<Settings['toolchains']> {
  return { ...first, ...second, versions: { ...first?.versions, ...second?.versions } };
}

/** One build uses every core while it compiles, and a single one while it links: two keep the machine busy. */
function defaultBuilds(cores: number): number {
  return cores === 1 ? 1 : Math.max(2, Math.floor(cores / 4));
}

async function findRoot(start: string): Promise<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    if (await exists(join(folder, settingsFile))) return folder;
    if ((await exists(join(folder, 'releases'))) && (await exists(join(folder, 'projects')))) return folder;
    if (dirname(folder) === folder) return start;
  }
}

async function readSettings(file: string, isNamed: boolean, cwd: string): Promise<Result<Settings, Failure>> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    if (!isNamed) return ok({});
    return err({
      reason: 'usage',
      message: `There is no settings file ${shownPath(file, cwd)}.`,
      help: 'Name one that can be read.',
    });
  }
  if (text.split('\n').every((line) => /^\s*(#.*)?$/.test(line))) return ok({});
  const decoded = decodeYaml(shownPath(file, cwd), text, settingsSchema);
  if (!decoded.ok) return err({ reason: 'configuration', diagnostics: decoded.error });
  return ok(placeSettings(decoded.value.value, dirname(file)));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
