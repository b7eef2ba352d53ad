import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a process and all that it starts take of the processors. */
export interface Work {
  /** Seconds until now. */
  seconds(): number;
}

/**
 * Begins to count a process that was just started, by a group of the kernel's (cgroups(7), version 2): of bubblewrap's children
 * nobody learns by waiting what they took. Undefined where this user may make no such group.
 */
export function countWork(pid: number): Work | undefined {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  const root = /^\S+ (\S+) cgroup2 /m.exec(mounts)?.[1];
  const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1];
  if (root === undefined || own === undefined) return undefined;
  const group = join(root, own, `eksd-tests-${process.pid}-${pid}`);
  try {
    mkdirSync(group);
    writeFileSync(join(group, 'cgroup.procs'), String(pid));
  } catch {
    remove(group);
    return undefined;
  }
  if (groups.length === 0) process.on('exit', () => groups.forEach(remove));
  groups.push(group);
  return {
    seconds: () =>
      Number(/^usage_usec (\d+)$/m.exec(readFileSync(join(group, 'cpu.stat'), 'utf8'))?.[1]) / 1e6,
  };
}

/** Those that this process made, and takes away at its end. */
const groups: string[] = [];

/** It can be removed when the last process in it is gone. */
function remove(group: string): void {
  try {
    rmdirSync(group);
  } catch {
    // It was never made, or something in it has not ended yet: it is empty in a moment, and counts nothing.
  }
}
