import process from 'node:process';

/** Leaders of process groups that this process has started and that have not ended. */
const live = new Set<number>();
let isWatched = false;

/** Has a group end with this process, however that comes to its end, until it is dropped. */
export function keepGroup(leader: number): void {
  if (!isWatched) process.on('exit', endAll);
  isWatched = true;
  live.add(leader);
}

export function dropGroup(leader: number): void {
  live.delete(leader);
}

export function signalGroup(leader: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-leader, signal);
  } catch {
    // ESRCH: nobody is left.
  }
}

function endAll(): void {
  for (const leader of live) signalGroup(leader, 'SIGKILL');
}
