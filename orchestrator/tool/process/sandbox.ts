import { dirname } from 'node:path';
import type { Command } from './process.ts';
import { programParts, systemParts } from './program-parts.ts';
import { findProgram } from './program-path.ts';
import { families, seccompFilter } from './seccomp.ts';
import type { View } from './view.ts';

/** What a machine may not allow of it; without it, the rest still holds. */
export type Protection = 'filter' | 'processes' | 'users' | 'size';

/** bubblewrap, as far as it works on this machine. */
export interface Sandbox {
  /** Absolute. */
  readonly bwrap: string;
  readonly lacks: ReadonlySet<Protection>;
  /** Of this machine, as Go names it: system calls have other numbers on each. */
  readonly platform: string;
}

/** A process in a sandbox: the words before its own, and what `--seccomp` reads from the descriptor after standard error. */
export interface Confined {
  readonly argv: readonly string[];
  readonly filter: Uint8Array | undefined;
}

/** What any command that has a network reads: names of machines and services, certificates. Never a private key. */
const networkFiles = [
  ...['/etc/resolv.conf', '/etc/hosts', '/etc/nsswitch.conf', '/etc/host.conf', '/etc/gai.conf'],
  ...['/etc/services', '/etc/protocols', '/etc/ssl/certs', '/etc/ssl/cert.pem', '/etc/ssl/ca-bundle.pem'],
  ...['/etc/ssl/openssl.cnf', '/etc/pki/tls/certs', '/etc/pki/tls/cert.pem', '/etc/pki/tls/openssl.cnf'],
  ...['/etc/pki/ca-trust/extracted', '/etc/ca-certificates', '/etc/crypto-policies'],
  ...['/usr/local/share/ca-certificates', '/var/lib/ca-certificates'],
];

/** Bytes of the one folder that a command may write besides what it is given: it lies in memory. */
const temporarySize = 256 * 1024 ** 2;

/** The descriptor after standard error. */
const filterDescriptor = '3';

/**
 * Puts a command into a sandbox that has nothing but what it `sees`: not a file of the machine's, no process, no user's rights, no
 * network where it needs none. Paths are the same inside, so that what is built holds the same bytes.
 * @param program absolute path of the command's program.
 */
export async function confine(
  command: Command & { readonly sees: View },
  program: string,
  { bwrap, lacks, platform }: Sandbox,
): Promise<Confined> {
  const { network, sees, mounted, cwd, env } = command;
  const has = (protection: Protection) => !lacks.has(protection);
  const system = await systemParts();
  const places = new Map<string, 'read' | 'write'>();
  const reads = [
    ...system.reads,
    ...(network === 'allowed' ? networkFiles : []),
    ...(await partsOf([program, ...(sees.calls ?? [])], env['PATH'] ?? '')),
    ...(sees.reads ?? []),
  ];
  const links = new Set(system.links.map(([at]) => at));
  for (const path of reads) if (!links.has(path)) places.set(path, 'read');
  for (const path of [...(sees.writes ?? []), ...(sees.sockets ?? [])]) places.set(path, 'write');
  const filter = has('filter') ? seccompFilter(socketsOf(command), platform) : undefined;
  return {
    argv: [
      ...[bwrap, '--die-with-parent', '--cap-drop', 'ALL', '--hostname', 'sandbox'],
      ...['--unshare-ipc', '--unshare-pid', '--unshare-uts', '--unshare-cgroup-try'],
      ...(has('users') ? ['--unshare-user'] : []),
      ...(network === 'none' ? ['--unshare-net'] : []),
      ...system.links.flatMap(([at, target]) => ['--symlink', target, at]),
      ...(has('processes') ? ['--proc', '/proc'] : ['--ro-bind', '/proc', '/proc']),
      ...['--dev', '/dev', ...(has('size') ? ['--size', String(temporarySize)] : []), '--tmpfs', '/tmp'],
      ...outermost(places).flatMap(([path, how]) => [`--${how === 'read' ? 'ro-' : ''}bind-try`, path, path]),
      ...(mounted === undefined ? [] : ['--bind', mounted.folder, mounted.at]),
      // A folder that it does not see is an empty one.
      ...['--dir', cwd],
      // Settings of the kernel too: to them, a user who is root outside of the user namespace is root.
      ...['/proc', '/dev', '/'].flatMap((folder) => ['--remount-ro', folder]),
      ...['--chdir', cwd],
      ...(filter === undefined ? [] : ['--seccomp', filterDescriptor]),
      ...['--', program],
    ],
    filter,
  };
}

type Places = ReadonlyMap<string, 'read' | 'write'>;

/** Without those that lie in another one, unless they may be written and that may not; each after what it lies in. */
function outermost(places: Places): readonly (readonly [path: string, how: 'read' | 'write'])[] {
  return [...places]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .filter(([path, how]) => {
      let above = dirname(path);
      while (above !== '/' && !places.has(above)) above = dirname(above);
      const outer = places.get(above);
      return outer === undefined || (outer === 'read' && how === 'write');
    });
}

/** What the programs are made of that a command names. */
async function partsOf(programs: readonly string[], searchPath: string): Promise<readonly string[]> {
  const parts: string[] = [];
  for (const each of programs) {
    const path = await findProgram(each, searchPath, '/');
    if (path !== undefined) parts.push(...(await programParts(path, searchPath)));
  }
  return parts;
}

function socketsOf({ network, sees }: Command & { readonly sees: View }): readonly number[] {
  const named = (sees.sockets ?? []).length > 0 ? [families.unix] : [];
  if (network === 'none') return named;
  return [families.inet, families.inet6, families.netlink, ...named];
}
