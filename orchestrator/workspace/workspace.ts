import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { BuilderSettings, ImageSettings } from '../config/settings/images.ts';
import type { Settings, ToolchainSettings } from '../config/settings/settings.ts';
import { secretsIn } from '../core/credentials.ts';
import type { Failure } from '../core/failure.ts';
import type { ReleaseName } from '../core/names.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import { ownerOf } from '../store/claim.ts';
import { unless } from '../store/errno.ts';
import { readText, sizeLimit } from '../tool/file/read-file.ts';
import { withoutCredentials } from './credentials.ts';
import { shownPath } from './shown-path.ts';
import { userFolders } from './user-folders.ts';

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
  /** Where the user's own patches are: also of the sample, whose root is elsewhere. Absolute. */
  readonly patches: string;
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
  /** What releases of one's own are called, and where they are. */
  readonly release: NonNullable<Settings['release']>;
  readonly publish: NonNullable<Settings['publish']>;
  readonly sign: NonNullable<Settings['sign']>;
  readonly store: NonNullable<Settings['store']>;
  readonly vulnerabilities: NonNullable<Settings['vulnerabilities']>;
  readonly kubernetes: NonNullable<Settings['kubernetes']>;
  readonly distributions: NonNullable<Settings['distributions']>;
  readonly sandbox: NonNullable<Settings['sandbox']>;
  readonly limits: {
    readonly network: number;
    readonly builds: number;
    readonly memoryBytes: number;
    /** Processes and threads of all tasks. */
    readonly processes: number;
    /** Of one command. */
    readonly minutes: number;
  };
}

const settingsFile = 'eksd-rebuild.yaml';
const mebibyte = 1024 * 1024;

/** Where what comes of a release goes. */
export function outFolderOf({ out }: Pick<Workspace, 'out'>, release: ReleaseName): string {
  return join(out, release);
}

/** What counts where no file says otherwise. */
const defaults = {
  upstream: 'https://github.com/aws/eks-distro.git',
  buildTooling: 'https://github.com/aws/eks-distro-build-tooling.git',
  sources: 'https://github.com/{org}/{repo}.git',
  mirrors: {},
  toolchains: { downloads: 'https://go.dev/dl', versions: {} },
  images: { base: 'published', published: 'public.ecr.aws/eks-distro-build-tooling' },
  builders: {},
  registries: {},
  ecr: {},
  release: {},
  publish: {},
  sign: {},
  store: {},
  vulnerabilities: {},
  kubernetes: {},
  distributions: {},
  sandbox: {},
} satisfies Partial<Workspace>;

/**
 * Finds the root (--root, or the nearest folder upwards with an `eksd-rebuild.yaml`, or with both `releases` and
 * `projects`, or the current folder) and merges the settings: command line, environment, the file of --settings, root's file,
 * user's file (`mergeSettings`).
 * Errors: `configuration` where a settings file is malformed, `usage` where one that was named is not there, or nothing says where
 * the cache is, or it would be somebody else's folder.
 */
export async function openWorkspace(options: GlobalOptions, host: Host): Promise<Result<Workspace, Failure>> {
  const root = options.root === undefined ? await findRoot(host.cwd) : resolve(host.cwd, options.root);
  const user = userFolders(host);
  const userFile = user.config && join(user.config, 'eksd-rebuild', 'settings.yaml');
  const named = options.settings === undefined ? undefined : resolve(host.cwd, options.settings);
  let settings: Settings & Pick<Workspace, keyof typeof defaults> = defaults;
  for (const file of [userFile, join(root, settingsFile), named]) {
    if (file === undefined) continue;
    const read = await readSettings(file, file === named, host);
    if (!read.ok) return read;
    if (read.value === undefined) continue;
    const { mergeSettings } = await import('../config/settings/merge.ts');
    settings = mergeSettings(settings, read.value);
  }
  const { cache, limits = {}, ...others } = withoutCredentials(settings, host.credentials);
  const given = options.cache || host.env['EKSD_REBUILD_CACHE'] || cache;
  const folder =
    given === undefined ? user.cache && join(user.cache, 'eksd-rebuild') : resolve(host.cwd, given);
  if (folder === undefined) return err(nowhere);
  const refused = whyNotCache(folder);
  if (refused !== undefined) return err(refused);
  return ok({
    ...others,
    root,
    out: join(root, 'out'),
    patches: join(root, 'patches'),
    searchPath: root === host.packageFolder ? [root] : [root, host.packageFolder],
    cache: folder,
    limits: {
      network: limits.network ?? 4,
      builds: limits.builds ?? defaultBuilds(host.cores),
      memoryBytes: limits.memory === undefined ? Math.floor(host.memory * 0.75) : limits.memory * mebibyte,
      processes: limits.processes ?? 8192,
      minutes: limits.minutes ?? 240,
    },
  });
}

const nowhere: Failure = {
  reason: 'usage',
  message: 'There is no folder for the cache: HOME is not set, and no password database has this user.',
  help: 'Set HOME, or name a folder: --cache, EKSD_REBUILD_CACHE, or "cache" in the settings.',
};

/** Nothing is written, or taken away, in a folder that others filled. All else that is wrong with a cache is told by who needs it. */
function whyNotCache(root: string): Failure | undefined {
  const owner = unless(['EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'], () => ownerOf({ root }));
  return owner?.ok === false && owner.error.reason === 'usage' ? owner.error : undefined;
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

/** The settings of a file; undefined where it has none. What knows their schema is loaded where it has some. */
async function readSettings(
  file: string,
  isNamed: boolean,
  { cwd, credentials }: Pick<Host, 'cwd' | 'credentials'>,
): Promise<Result<Settings | undefined, Failure>> {
  const shown = shownPath(file, cwd);
  const read = await readText(file, { limit: sizeLimit.byHand }, shown);
  if (!read.ok) return err({ reason: 'configuration', diagnostics: [read.error] });
  const text = read.value;
  if (text === undefined && isNamed) {
    const message = `There is no settings file ${shown}.`;
    return err({ reason: 'usage', message, help: 'Name one that can be read.' });
  }
  if (text === undefined) return ok(undefined);
  if (text.split('\n').every((line) => /^\s*(#.*)?$/.test(line))) return ok(undefined);
  // A complaint shows the line that it is about.
  secretsIn(text).forEach(credentials.add);
  const { settingsSchema } = await import('../config/settings/settings.ts');
  const { decodeYaml } = await import('../config/yaml.ts');
  const decoded = decodeYaml(shown, text, settingsSchema);
  if (!decoded.ok) return err({ reason: 'configuration', diagnostics: decoded.error });
  const { placeSettings } = await import('./place-settings.ts');
  return ok(placeSettings(decoded.value.value, dirname(file)));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
