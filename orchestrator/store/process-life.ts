import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Which process of which machine: what tells a process from a later one with its number. The start time is in clock
 * ticks since boot, as text; undefined where the system has no /proc.
 */
export interface ProcessIdentity {
  readonly pid: number;
  readonly started: string | undefined;
  readonly host: string;
}

/** Containers may share a host name and a store but not process numbers: the name of the namespace goes with it. */
export function identify(pid: number, hostName: string): ProcessIdentity {
  let host = hostName;
  try {
    host = `${hostName} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    // Not Linux: the host's name has to do.
  }
  return { pid, started: startTime(pid), host };
}

/**
 * Whether a process still runs, as seen by `observer`; undefined where that cannot be told from here: it is on another
 * machine or in another container, or /proc is missing or hides the processes of others.
 */
export function isRunning(identity: ProcessIdentity, observer: ProcessIdentity): boolean | undefined {
  if (identity.host !== observer.host || identity.started === undefined) return undefined;
  if (startTime(1) === undefined) return undefined;
  return startTime(identity.pid) === identity.started;
}

/**
 * Field 22 of /proc/<pid>/stat (proc(5)): when the process started, in clock ticks since boot. Undefined where there is
 * no such process, or where it is dead and only waits for its parent to notice (state Z or X, field 3).
 */
function startTime(pid: number): string | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The second field is the program's name in parentheses and may hold anything: count from its end.
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields.at(22 - 3);
  } catch {
    return undefined;
  }
}
