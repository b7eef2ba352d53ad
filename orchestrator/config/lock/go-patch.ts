import { messageOf, vulnerabilitiesIn } from './patch-message.ts';
import { readPatch } from './patch-text.ts';

/** What a patch to Go's own source means for whoever compiles with it. */
export interface GoPatchEffect {
  /** The files that count, in the patch's order. */
  readonly files: readonly string[];
  /** The packages that they belong to, as imports name them; none: it changes nothing of what a plain build contains. */
  readonly changes: readonly string[];
  /** CVE numbers that its name or message gives, or else issues of Go: `CVE-2023-24539`, `golang/go#57008`. */
  readonly fixes: readonly string[];
}

/**
 * Reads a patch to Go's source. A file counts where it is compiled into a program: below `src/`, for a system and a
 * processor that releases are built for. So these do not: tests and their data, `src/cmd` (the compiler, the linker and
 * the go command are those of the official Go, and are not built again), documentation, `api`, `misc`, `test`, `go.env`.
 * What only a line `//go:build` keeps from a platform counts.
 * @param path the patch's own.
 */
export function readGoPatch(path: string, text: string): GoPatchEffect {
  const files = [...new Set(readPatch(text).flatMap((file) => file.names))].filter(isCompiledIn);
  const changes = [...new Set(files.map((file) => file.slice('src/'.length, file.lastIndexOf('/'))))];
  return { files, changes, fixes: fixesOf(path, text) };
}

/** `https://go.dev/doc/install/source#environment`, and older ones: what a file's name may end in. */
const systems = new Set(
  'aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos'.split(
    ' ',
  ),
);
const processors = new Set(
  '386 amd64 arm arm64 loong64 mips mips64 mips64le mipsle ppc64 ppc64le riscv64 s390x sparc64 wasm'.split(
    ' ',
  ),
);
/** What releases of EKS Distro have programs for. */
const builtFor = new Set(['linux', 'darwin', 'windows', 'amd64', 'arm64']);

function isCompiledIn(path: string): boolean {
  const folders = path.split('/');
  const name = folders.pop() ?? '';
  if (folders[0] !== 'src' || folders.length === 1) return false;
  if (folders[1] === 'cmd' || folders.includes('testdata')) return false;
  if (/_test\.[A-Za-z]+$|\.(md|bash|bat|rc|html|txt)$|^README|^Makefile$/.test(name)) return false;
  return isForPlatform(name);
}

/** Go's rule: `name_<system>`, `name_<processor>` or both (`go help buildconstraint`). */
function isForPlatform(name: string): boolean {
  const words = name.replace(/\..*$/, '').split('_').slice(1);
  const last = words.at(-1) ?? '';
  const limits = processors.has(last)
    ? [last, ...words.slice(-2, -1).filter((word) => systems.has(word))]
    : systems.has(last)
      ? [last]
      : [];
  return limits.every((word) => builtFor.has(word));
}

function fixesOf(path: string, text: string): readonly string[] {
  const message = messageOf(text);
  const named = vulnerabilitiesIn(`${path}\n${message}`);
  if (named.length > 0) return named;
  const fixed = [...message.matchAll(/^(?:Fixes|Updates|For) (?:golang\/go)?#([0-9]+)/gim)];
  return [...new Set(fixed.map(([, number]) => `golang/go#${number}`))];
}
