/** A package that a build links. */
export interface LinkedPackage {
  readonly importPath: string;
  /** Absolute. */
  readonly folder: string;
  /** Names of the source files that are compiled for the platform. */
  readonly sources: readonly string[];
  /** Undefined where it is of Go itself. */
  readonly module: LinkedModule | undefined;
}

export interface LinkedModule {
  readonly path: string;
  /** As go.mod asks for it; empty for the module that is built. */
  readonly version: string;
  readonly isMain: boolean;
  /** What stands in its place; without a version: a folder. */
  readonly replace: { readonly path: string; readonly version: string } | undefined;
}

/** Where a package's module begins: its folder without what the import path has behind the module's. */
export function moduleRoot(linked: LinkedPackage, module: LinkedModule): string {
  const below = linked.importPath.slice(module.path.length);
  if (!linked.importPath.startsWith(module.path) || !linked.folder.endsWith(below)) {
    throw new TypeError(`package ${linked.importPath} is not below module ${module.path}`);
  }
  return linked.folder.slice(0, linked.folder.length - below.length);
}
