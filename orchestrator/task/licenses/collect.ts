import { dirname, join } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import { findLicenseFiles, type LicenseFile } from './files.ts';
import { type LinkedModule, type LinkedPackage, moduleRoot } from './linked-package.ts';

/** A module, of which something is linked, with the files of it that deal with its licence. */
export interface CollectedModule {
  readonly path: string;
  readonly version: string;
  /** `own`: of the project's checkout. */
  readonly origin: 'go' | 'own' | 'other';
  /** The path of the module that stands in its place, if it is called otherwise: then `version` is that one's. */
  readonly replacement: string | undefined;
  /** By folder below the module, `` for its root: of each linked package's folder, and of those above it. */
  readonly folders: ReadonlyMap<string, readonly LicenseFile[]>;
  /** Source files that are compiled: absolute path by path below the module. */
  readonly sources: ReadonlyMap<string, string>;
}

/** What one build links, and where it was laid out. */
export interface LinkedBuild {
  readonly packages: readonly LinkedPackage[];
  /** The checkout's copy, and the module's folder in it. */
  readonly checkout: string;
  readonly cwd: string;
}

export interface CollectOptions {
  readonly goroot: string;
  /** `1.21.10` */
  readonly goVersion: string;
  /** The project's version, for modules that have none of their own. */
  readonly tag: string;
}

interface Growing {
  readonly path: string;
  readonly version: string;
  readonly origin: CollectedModule['origin'];
  readonly replacement: string | undefined;
  readonly folders: Map<string, readonly LicenseFile[]>;
  readonly sources: Map<string, string>;
}

/** The modules of all builds, Go first, then the project's own, then the others, each kind in code-unit order. */
export async function collectModules(
  builds: readonly LinkedBuild[],
  options: CollectOptions,
): Promise<readonly CollectedModule[]> {
  const modules = new Map<string, Growing>();
  for (const build of builds) {
    for (const linked of build.packages) {
      const { module } = linked;
      const [growing, root] =
        module === undefined
          ? [goItself(options), options.goroot]
          : [named(module, options), moduleRoot(linked, module)];
      const key = `${growing.path} ${growing.version} ${growing.replacement}`;
      const known = modules.get(key) ?? growing;
      modules.set(key, known);
      const isInside = root === build.checkout || root.startsWith(`${build.checkout}/`);
      await addPackage(known, linked, root, isInside ? build.checkout : root);
      if (module !== undefined && known.origin === 'own') await addFromAbove(known, module, build);
    }
  }
  const order = ['go', 'own', 'other'];
  return [...modules.values()].sort(
    (a, b) =>
      order.indexOf(a.origin) - order.indexOf(b.origin) ||
      byCodeUnit(a.path, b.path) ||
      byCodeUnit(a.version, b.version),
  );
}

function goItself({ goVersion }: CollectOptions): Growing {
  return {
    path: 'golang.org/go',
    version: `go${goVersion}`,
    origin: 'go',
    replacement: undefined,
    folders: new Map(),
    sources: new Map(),
  };
}

/** The version that go.mod has to name for a module which is always replaced by a folder (https://go.dev/ref/mod#go-mod-file-replace). */
const noVersion = /^v0\.0\.0(-00010101000000-000000000000)?$/;

function named({ path, version, isMain, replace }: LinkedModule, { tag }: CollectOptions): Growing {
  const isOwn = isMain || (replace !== undefined && replace.version === '');
  const used = isOwn || replace === undefined ? { path, version } : replace;
  return {
    path,
    version: isMain || (isOwn && noVersion.test(version)) ? tag : used.version,
    origin: isOwn ? 'own' : 'other',
    replacement: used.path === path ? undefined : used.path,
    folders: new Map(),
    sources: new Map(),
  };
}

/** Its licence is BoringSSL's, whose object code is another package that only GOEXPERIMENT=boringcrypto links. */
const [boringFolder, boringCode] = ['src/crypto/internal/boring', 'src/crypto/internal/boring/syso'];

async function addPackage(
  module: Growing,
  linked: LinkedPackage,
  root: string,
  boundary: string,
): Promise<void> {
  const below = linked.folder.slice(root.length + 1);
  for (const source of linked.sources) {
    const name = below === '' ? source : `${below}/${source}`;
    if (!module.sources.has(name)) module.sources.set(name, join(linked.folder, source));
  }
  for (let folder = below; ; folder = folder.includes('/') ? dirname(folder) : '') {
    const isLinked = module.origin !== 'go' || folder !== boringFolder || below === boringCode;
    if (isLinked && !module.folders.has(folder)) {
      module.folders.set(folder, await findLicenseFiles(join(root, folder), boundary));
    }
    if (folder === '') return;
  }
}

/**
 * A module of the checkout that has no licence in its own folder is under that of a folder above. A `vendor` folder has
 * it without those, so it is looked for where go.mod says that it comes from.
 */
async function addFromAbove(module: Growing, linked: LinkedModule, build: LinkedBuild): Promise<void> {
  const own = module.folders.get('') ?? [];
  if (own.some((file) => file.kind === 'license')) return;
  let folder = linked.isMain ? build.cwd : join(build.cwd, linked.replace?.path ?? '.');
  while (folder === build.checkout || folder.startsWith(`${build.checkout}/`)) {
    const found = await findLicenseFiles(folder, build.checkout);
    if (found.some((file) => file.kind === 'license')) {
      const names = new Set(found.map((file) => file.name));
      module.folders.set('', [...own.filter((file) => !names.has(file.name)), ...found]);
      return;
    }
    folder = dirname(folder);
  }
}
