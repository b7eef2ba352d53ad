import { open } from 'node:fs/promises';
import { posix } from 'node:path';
import type { BinaryModule, BuildInformation } from './binary.ts';
import { fileNames, platformInPath } from './platform-in-path.ts';
import type { WantedFile } from './published-file.ts';

/** The build information of one program, as `go version -m` prints it. */
export interface PrintedBuild {
  /** What the program was called on that command line. */
  readonly name: string;
  readonly build: BuildInformation;
}

/** Bytes: Kubernetes' largest program has 20 KiB of it. */
const longestText = 4 * 1024 * 1024;

/** Reads a file that holds what `go version -m` printed; undefined for any other file. @throws system errors. */
export async function readVersionText(path: string): Promise<readonly PrintedBuild[] | undefined> {
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size === 0 || size > longestText) return undefined;
    const bytes = Buffer.alloc(size);
    const { bytesRead } = await file.read(bytes, 0, size, 0);
    // A redirection in an older PowerShell writes UTF-16.
    const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
    if (!isWide && bytes.subarray(0, bytesRead).includes(0)) return undefined;
    return parseVersionText(bytes.toString(isWide ? 'utf16le' : 'utf8'));
  } finally {
    await file.close();
  }
}

/**
 * Parses it: a line a program, and below it, indented, lines that begin with `path`, `mod`, `dep`, `=>` or `build`. Blanks in
 * the place of tabs are as well. Undefined for a text that is anything else.
 */
export function parseVersionText(text: string): readonly PrintedBuild[] | undefined {
  const printed: Draft[] = [];
  for (const line of text.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    if (line.trim() === '') continue;
    const detail = /^\s+(path|mod|dep|=>|build)\s+(.*)$/.exec(line);
    const head = /^(\S.*): (go[0-9]\S*.*|devel \S.*)$/.exec(line);
    const last = printed.at(-1);
    if (detail !== null && last !== undefined) addDetail(last, detail[1] ?? '', detail[2] ?? '');
    else if (head !== null) printed.push(draftOf(head[1] ?? '', (head[2] ?? '').trim()));
    else return undefined;
  }
  const complete = printed.filter(({ path }) => path !== '');
  if (complete.length === 0) return undefined;
  return complete.map(({ name, goVersion, path, main, dependencies, settings }) => {
    return { name, build: { goVersion, path, main, dependencies, settings } };
  });
}

interface Draft {
  readonly name: string;
  readonly goVersion: string;
  path: string;
  main: BinaryModule;
  readonly dependencies: BinaryModule[];
  readonly settings: Map<string, string>;
}

const noModule: BinaryModule = { path: '', version: '', sum: '', replace: undefined };

function draftOf(name: string, goVersion: string): Draft {
  return { name, goVersion, path: '', main: noModule, dependencies: [], settings: new Map() };
}

function addDetail(draft: Draft, word: string, rest: string): void {
  switch (word) {
    case 'path':
      draft.path = rest.trim();
      return;
    case 'mod':
      draft.main = moduleOf(rest);
      return;
    case 'dep':
      draft.dependencies.push(moduleOf(rest));
      return;
    case '=>': {
      const replaced = draft.dependencies.pop();
      if (replaced === undefined) draft.main = { ...draft.main, replace: moduleOf(rest) };
      else draft.dependencies.push({ ...replaced, replace: moduleOf(rest) });
      return;
    }
    default: {
      const [, key = '', value = ''] = /^("(?:[^"\\]|\\.)*"|[^=]*)=(.*)$/.exec(rest) ?? [];
      draft.settings.set(unquote(key), unquote(value));
    }
  }
}

function moduleOf(rest: string): BinaryModule {
  const [path = '', version = '', sum = ''] = rest.trim().split(/\s+/);
  return { path, version, sum, replace: undefined };
}

/** Undoes strconv.Quote, which runtime/debug uses for what has blanks or quotes in it. */
function unquote(text: string): string {
  const inner = /^"(.*)"\s*$/s.exec(text)?.[1];
  if (inner === undefined) return text.replace(/\s+$/, '');
  const short: Readonly<Record<string, string>> = {
    n: '\n',
    r: '\r',
    t: '\t',
    a: '\x07',
    v: '\v',
    f: '\f',
    b: '\b',
  };
  return inner.replace(
    /\\(?:x([0-9a-f]{2})|u([0-9a-f]{4})|U([0-9a-f]{8})|(.))/gs,
    (_, byte?: string, unit?: string, point?: string, other?: string) => {
      const hex = byte ?? unit ?? point;
      return hex === undefined
        ? (short[other ?? ''] ?? other ?? '')
        : String.fromCodePoint(Number.parseInt(hex, 16));
    },
  );
}

/**
 * Whether a program is the wanted one, by what its build information says: the name of its package, and the platform where
 * that stands there, as it does from Go 1.18 on.
 * @param name what it is called where it comes from.
 */
export function isBuildOf({ name, build }: PrintedBuild, wanted: WantedFile): boolean {
  const called = posix.basename(name.replaceAll('\\', '/'));
  const names = fileNames(wanted.name, wanted.platform);
  const plain = (each: string) => each.replace(/\.exe$/, '');
  const isNamed = [called, posix.basename(build.path)].some((each) => names.map(plain).includes(plain(each)));
  const platform = platformOfBuild(build) ?? platformInPath(name.replaceAll('\\', '/'));
  return isNamed && (platform === undefined || platform === wanted.platform);
}

function platformOfBuild({ settings }: BuildInformation): string | undefined {
  const [os, arch] = [settings.get('GOOS'), settings.get('GOARCH')];
  return os === undefined || arch === undefined ? undefined : `${os}/${arch}`;
}
