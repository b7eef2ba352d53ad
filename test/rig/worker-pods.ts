import type { ChildProcess } from 'node:child_process';
import { chownSync, mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ClusterServer, type ServedPod, serveCluster } from './cluster-server.ts';
import type { Program } from './program.ts';

/** Who pods run as. */
export const podUser = 65_532;

/** A pod whose worker runs. */
interface WorkingPod {
  /** What it does. */
  readonly title: string;
  /** Its node is lost: nothing of it is left, and nobody was told. */
  kill(): void;
}

/** A cluster's API, whose pods are processes of this machine: the compiled program, as the user that pods are, with nothing of who asks. */
export interface WorkerPods {
  readonly server: ClusterServer;
  readonly running: Set<WorkingPod>;
  /** Nodes as pods told of them, in order: `started` when its deed began, `made` when its result was stored. */
  readonly told: { readonly type: 'started' | 'made'; readonly node: string; readonly how?: string }[];
  close(): Promise<void>;
}

/** @param folder where pods have their folders: anybody may enter those above it. @param env of pods, beside what each has. */
export async function startWorkerPods(
  { start }: Pick<Program, 'start'>,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<WorkerPods> {
  const server = await serveCluster();
  const running = new Set<WorkingPod>();
  const told: WorkerPods['told'] = [];
  let count = 0;
  const ended: Promise<void>[] = [];
  const work = (pod: ServedPod): void => {
    count += 1;
    const home = join(folder, `pod-${count}`);
    for (const each of [home, join(home, 'tmp')]) {
      mkdirSync(each, { recursive: true });
      chownSync(each, podUser, podUser);
    }
    const own = { HOME: home, TMPDIR: join(home, 'tmp'), EKSD_REBUILD_CACHE: join(home, 'cache') };
    const options = { detached: true, uid: podUser, gid: podUser, env: { ...env, ...own } };
    const child = start(pod.args, home, options);
    const title = pod.job.metadata?.annotations?.['eksd-rebuild/title'] ?? '';
    const working = { title, kill: () => killAll(child) };
    running.add(working);
    pod.become({ phase: 'Running' });
    for (const output of [child.stdout, child.stderr]) {
      if (output === null) continue;
      createInterface({ input: output }).on('line', (line) => {
        pod.write(`${line}\n`);
        if (/^\{"type":"(started|made)"/.test(line)) told.push(JSON.parse(line));
      });
    }
    const end = new Promise<void>((resolve, reject) => {
      child.once('close', (code) => {
        running.delete(working);
        pod.exit(code ?? 137);
        // What a pod had of its own goes with it.
        rm(home, { recursive: true, force: true, maxRetries: 10 }).then(resolve, reject);
      });
    });
    ended.push(end);
  };
  server.onPod = work;
  return {
    ...{ server, running, told },
    async close() {
      for (const pod of running) pod.kill();
      await Promise.all(ended);
      await server.close();
    },
  };
}

/** With what it started. */
function killAll({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It is over.
  }
}
