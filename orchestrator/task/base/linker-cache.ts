import { type Platform, platformParts } from '../../core/platform.ts';
import { contentOf } from './archive.ts';
import { folderOf, type RootEntries, type RootEntry, resolveIn } from './entry.ts';
import { sonameOf } from './soname.ts';

/** Where distributions with rpm keep 64-bit libraries, in the order in which their ldconfig looks (SLIBDIR, LIBDIR). */
const systemFolders = ['/lib64', '/usr/lib64'];

/** How the cache marks libraries of a processor: glibc's, 64 bits (`FLAG_*` of glibc's ldconfig.h). */
const marks: Readonly<Record<string, number>> = { amd64: 0x0303, arm64: 0x0a03 };

interface Library {
  readonly name: string;
  /** Absolute. */
  readonly path: string;
}

/**
 * `/etc/ld.so.cache` of a file system, in the format that glibc reads since 2.2 (`struct cache_file_new` of dl-cache.h). The
 * distribution's ldconfig knows libraries of the processor that it runs on only.
 */
export async function linkerCache(entries: RootEntries, platform: Platform): Promise<Buffer> {
  const { arch } = platformParts(platform);
  const libraries: Library[] = [];
  for (const folder of await libraryFolders(entries)) {
    libraries.push(...(await librariesOf(entries, folder, arch)));
  }
  const byName = new Map<string, Library>();
  for (const library of libraries) {
    if (!byName.has(library.name)) byName.set(library.name, library);
  }
  const sorted = [...byName.values()].sort((a, b) => -compareNames(a.name, b.name));
  return writeCache(sorted, marks[arch] ?? 0);
}

/** Folders that are configured, then those of the system; each once, whatever links lead to it. */
async function libraryFolders(entries: RootEntries): Promise<readonly string[]> {
  const configured = await configuredFolders(entries, '/etc/ld.so.conf');
  const known = new Set<string>();
  return [...configured, ...systemFolders].filter((folder) => {
    const place = resolveIn(entries, folder, true);
    if (place === undefined || entries.get(place)?.kind !== 'folder' || known.has(place)) return false;
    known.add(place);
    return true;
  });
}

async function configuredFolders(entries: RootEntries, file: string): Promise<readonly string[]> {
  const entry = entries.get(resolveIn(entries, file, true) ?? '');
  if (entry?.kind !== 'file') return [];
  const found: string[] = [];
  for (const line of (await contentOf(entry)).toString('utf8').split('\n')) {
    const text = line.replace(/#.*/, '').trim();
    const [, included] = /^include\s+(\S+)$/.exec(text) ?? [];
    if (included === undefined) {
      if (text.startsWith('/')) found.push(text.replace(/\/+$/, ''));
      continue;
    }
    const pattern = included.startsWith('/') ? included : `${folderOf(file)}/${included}`;
    const own = [...entries.keys()].filter((path) => fitsPattern(`/${path}`, pattern)).sort();
    for (const path of own) found.push(...(await configuredFolders(entries, `/${path}`)));
  }
  return found;
}

function fitsPattern(path: string, pattern: string): boolean {
  const source = pattern.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '[^/]*');
  return new RegExp(`^${source}$`).test(path);
}

/** By the names that programs ask for: with the path of that name where there is one, as packages bring it. */
async function librariesOf(entries: RootEntries, folder: string, arch: string): Promise<readonly Library[]> {
  const place = resolveIn(entries, folder, true) ?? '';
  const found = new Map<string, Library>();
  for (const path of [...entries.keys()].filter((each) => folderOf(each) === place).sort()) {
    const file = path.slice(place.length + 1);
    const target = resolveIn(entries, path, true);
    const entry = target === undefined ? undefined : entries.get(target);
    if (!/^(lib|ld-).*\.so/.test(file) || entry?.kind !== 'file') continue;
    const name = await nameOf(entry, arch, target?.slice(folderOf(target).length + 1) ?? file);
    if (name === undefined || (found.has(name) && file !== name)) continue;
    found.set(name, { name, path: `${folder}/${file}` });
  }
  return [...found.values()];
}

async function nameOf(entry: RootEntry, arch: string, file: string): Promise<string | undefined> {
  const library = sonameOf(await contentOf(entry), arch);
  return library === undefined ? undefined : (library.soname ?? file);
}

/** `_dl_cache_libcmp` of glibc: digits as numbers, and after all else. */
function compareNames(a: string, b: string): number {
  const parts = (text: string): readonly string[] => text.match(/[0-9]+|[^0-9]/g) ?? [];
  const [as, bs] = [parts(a), parts(b)];
  for (let index = 0; index < as.length; index += 1) {
    const [x = '', y = ''] = [as[index], bs[index]];
    const [isX, isY] = [/^[0-9]/.test(x), /^[0-9]/.test(y)];
    if (isX !== isY) return isX ? 1 : -1;
    const difference = isX ? Number(x) - Number(y) : x.charCodeAt(0) - (y.charCodeAt(0) || 0);
    if (difference !== 0) return difference;
  }
  return as.length - bs.length;
}

function writeCache(libraries: readonly Library[], mark: number): Buffer {
  const [headSize, entrySize] = [48, 24];
  const head = Buffer.alloc(headSize + entrySize * libraries.length);
  const strings: Buffer[] = [];
  let end = head.length;
  const add = (text: string): number => {
    const at = end;
    const bytes = Buffer.from(`${text}\0`);
    strings.push(bytes);
    end += bytes.length;
    return at;
  };
  for (const [index, { name, path }] of libraries.entries()) {
    const at = headSize + entrySize * index;
    const value = add(path);
    const isEnd = path.endsWith(`/${name}`);
    const key = isEnd ? value + Buffer.byteLength(path) - Buffer.byteLength(name) : add(name);
    head.writeUInt32LE(mark, at);
    head.writeUInt32LE(key, at + 4);
    head.writeUInt32LE(value, at + 8);
  }
  head.write('glibc-ld.so.cache1.1', 0, 'latin1');
  head.writeUInt32LE(libraries.length, 20);
  head.writeUInt32LE(end - head.length, 24);
  // The low byte comes first; unread before glibc 2.33.
  head[28] = 2;
  return Buffer.concat([head, ...strings]);
}
