import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';

/** What a command, and all that it starts, may take. */
export interface Limits {
  /** Seconds from its start to its end. */
  readonly seconds: number;
  /** Together with all other commands of this process that have it, where control groups can be made; else for each of its processes. */
  readonly shared?: Share;
}

/** What of a machine's a command may take. */
interface Share {
  /** Bytes. */
  readonly memory: number;
  /** Processes and threads. */
  readonly processes: number;
}

/** A command within limits, but for the time, which its runner keeps. */
interface Limited {
  /** The words before the command's own. */
  readonly prefix: readonly string[];
  /** To be called when it has ended. */
  readonly leave: () => void;
}

/** Keeps commands within limits: by a control group that is there while one of them runs, or each of their processes for itself. */
export interface Limiter {
  enter(share: Share): Limited;
  /** Whether control groups can be made. */
  readonly hasGroups: boolean;
}

/** A machine's control groups. */
export interface GroupFiles {
  /** Where the hierarchies are mounted. */
  readonly root: string;
  /** The groups that this process is in, as /proc/self/cgroup says (cgroups(7)). */
  readonly own: string;
  /** `4026531836`: where processes are numbered as this one is (pid_namespaces(7)). Others may see the same groups. */
  readonly namespace: string;
}

/** Of this machine, as this process sees it. */
function ownGroupFiles(): GroupFiles {
  const [namespace = ''] = /\d+/.exec(linkOr('/proc/self/ns/pid')) ?? [];
  return { root: '/sys/fs/cgroup', own: readOr('/proc/self/cgroup'), namespace };
}

/** Names of groups of ours start like this; then come the namespace and the number of the process that made one. */
const prefix = 'eksd-rebuild-';

/** Enters two groups, which may be the same one, and begins; no process leaves its memory on the disk when it dies. */
const enterGroups =
  'ulimit -c 0; echo 0 >"$1/cgroup.procs" && echo 0 >"$2/cgroup.procs" || exit 97; shift 2; exec "$@"';

/** Shells have the number of processes by two names (dash: p; bash, where that is another one and refused: u). */
const restrict = `ulimit -c 0; ulimit -d "$1"
if (ulimit -p "$2") 2>/dev/null; then ulimit -p "$2"; else ulimit -u "$2"; fi
shift 2; exec "$@"`;

/** @param pid of this process, which what it makes is called by. */
export function createLimiter(pid: number, files: GroupFiles = ownGroupFiles()): Limiter {
  const beginning = `${prefix}${files.namespace}-`;
  const open = new Map<string, { readonly groups: readonly string[]; commands: number }>();
  const make = (share: Share, name: string) =>
    makeGroups(placesIn(files, share), `${beginning}${pid}-${name}`);
  const tried = make({ memory: 2 ** 40, processes: 2 ** 20 }, 'tried');
  tried?.forEach(drop);
  const hasGroups = tried !== undefined;
  for (const [parent] of hasGroups ? placesIn(files, { memory: 0, processes: 0 }) : [])
    dropOthers(parent, beginning, pid);
  return {
    hasGroups,
    enter(share) {
      const { memory, processes } = share;
      const name = `${memory}-${processes}`;
      const groups = hasGroups ? (open.get(name)?.groups ?? make(share, name)) : undefined;
      if (groups === undefined) {
        const words = [String(Math.ceil(memory / 1024)), String(processes)];
        return { prefix: ['/bin/sh', '-c', restrict, 'sh', ...words], leave: () => {} };
      }
      const entry = open.get(name) ?? { groups, commands: 0 };
      open.set(name, entry);
      entry.commands += 1;
      return {
        prefix: ['/bin/sh', '-c', enterGroups, 'sh', groups[0] ?? '', groups.at(-1) ?? ''],
        leave() {
          entry.commands -= 1;
          if (entry.commands > 0) return;
          open.delete(name);
          groups.forEach(drop);
        },
      };
    },
  };
}

/** All groups, each with what is written to its files; undefined where one cannot be made. */
function makeGroups(places: readonly Place[], name: string): readonly string[] | undefined {
  const made: string[] = [];
  try {
    for (const [parent, settings] of places) {
      const group = join(parent, name);
      if (!existsSync(group)) mkdirSync(group);
      made.push(group);
      for (const [file, value] of settings) writeFileSync(join(group, file), String(value));
    }
    return made.length > 0 ? made : undefined;
  } catch {
    made.forEach(drop);
    return undefined;
  }
}

type Place = readonly [parent: string, settings: readonly (readonly [file: string, value: number])[]];

/**
 * Where groups are made, and what limits them. Of version 2 one, below the nearest group that hands both controllers on; of version 1
 * one for each controller, below this process' own.
 */
function placesIn({ root, own }: GroupFiles, { memory, processes }: Share): readonly Place[] {
  const unified = /^0::(.*)$/m.exec(own)?.[1];
  if (unified !== undefined && readOr(join(root, 'cgroup.controllers')) !== '') {
    const handsOn = (group: string) => {
      const words = readOr(join(group, 'cgroup.subtree_control')).trim().split(' ');
      return words.includes('memory') && words.includes('pids');
    };
    let group = join(root, unified);
    while (!handsOn(group) && group.length > root.length) group = dirname(group);
    const settings = [['memory.max', memory] as const, ['pids.max', processes] as const];
    return handsOn(group) ? [[group, settings]] : [];
  }
  const ownOf = (controller: string) =>
    new RegExp(`^[0-9]+:(?:[^:]*,)?${controller}(?:,[^:]*)?:(.*)$`, 'm').exec(own)?.[1];
  const [forMemory, forProcesses] = [ownOf('memory'), ownOf('pids')];
  if (forMemory === undefined || forProcesses === undefined) return [];
  return [
    [join(root, 'memory', forMemory), [['memory.limit_in_bytes', memory]]],
    [join(root, 'pids', forProcesses), [['pids.max', processes]]],
  ];
}

/** Drops what processes of ours left that were killed. Whether one of another namespace lives cannot be seen from here. */
function dropOthers(parent: string, beginning: string, pid: number): void {
  for (const name of readdirSync(parent)) {
    const maker = name.startsWith(beginning) ? Number.parseInt(name.slice(beginning.length), 10) : pid;
    if (maker !== pid && readOr(`/proc/${maker}/stat`) === '') drop(join(parent, name));
  }
}

/** A group with a process in it stays. */
function drop(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // It is not empty, or not there any more.
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

function linkOr(file: string): string {
  try {
    return readlinkSync(file);
  } catch {
    return '';
  }
}
