import { type Capability, meets } from './capability.ts';
import type { RepositoryPackage } from './primary.ts';

/** What a set of packages provides, by capability and by file. */
export class PackageSet<T extends RepositoryPackage = RepositoryPackage> {
  readonly #packages = new Map<string, T>();
  readonly #provides = new Map<string, [provided: Capability, by: T][]>();

  constructor(packages: Iterable<T> = []) {
    for (const each of packages) this.add(each);
  }

  add(added: T): void {
    this.#packages.set(added.name, added);
    for (const provided of added.provides) this.#enter(provided.name, provided, added);
    for (const file of added.files) this.#enter(mergedPath(file), { name: mergedPath(file) }, added);
  }

  #enter(key: string, provided: Capability, by: T): void {
    const entries = this.#provides.get(key);
    if (entries === undefined) this.#provides.set(key, [[provided, by]]);
    else entries.push([provided, by]);
  }

  /** By name; in the order in which they came. */
  get packages(): ReadonlyMap<string, T> {
    return this.#packages;
  }

  /** Those that meet a requirement, each once, in the order in which they came. */
  providersOf(required: Capability): readonly T[] {
    const wanted = required.name.startsWith('/')
      ? { ...required, name: mergedPath(required.name) }
      : required;
    const found = (this.#provides.get(wanted.name) ?? [])
      .concat(wanted.name === required.name ? [] : (this.#provides.get(required.name) ?? []))
      .filter(([provided]) => meets({ ...provided, name: wanted.name }, wanted))
      .map(([, by]) => by);
    return [...new Set(found)];
  }

  has(required: Capability): boolean {
    return this.providersOf(required).length > 0;
  }
}

/** `/bin/sh` is the file `/usr/bin/sh`: both distributions have those folders as links into `/usr`. */
function mergedPath(path: string): string {
  return path.replace(/^\/(bin|sbin|lib|lib64)\//, '/usr/$1/');
}
