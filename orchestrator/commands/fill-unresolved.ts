import type { Lock } from '../config/lock.ts';
import type { Host } from '../host.ts';
import type { LoadedRelease } from './load-release.ts';
import type { Processes } from './tools.ts';
export async function fillUnresolved(l: LoadedRelease, _p: readonly string[], _x: Processes, _h: Host): Promise<Lock> { return l.lock; }
