import { dirname } from 'node:path';
import type { Limiter } from './limits.ts';
import { type Command, type CommandRecord, type RunProcess, succeeded } from './process.ts';
import { findProgram } from './program-path.ts';
import type { Sandbox } from './sandbox.ts';

/** What the machine lets a process be kept from. Found once by `probeIsolation`; data for `doctor` and for reports. */
export interface Isolation {
  /** How a command whose `network` is `none` is kept from it. */
  readonly network: 'namespace' | 'none';
  /** Whether such a command also has a process namespace of its own, so that nothing that it started is left over. */
  readonly processes: 'namespace' | 'none';
  /** Whether the kernel ends a command when this process dies, however it dies. */
  readonly diesWithParent: boolean;
  /** The words in front of a command's argv, by its `network`. */
  readonly prefix: { readonly [network in Command['network']]: readonly string[] };
  /** Where something of the above is missing: why. */
  readonly detail: string;
  /** What commands that say what they see are put into; undefined: they see all, as the others. See `probeSandbox`. */
  readonly sandbox: Sandbox | undefined;
  /** What such a command is not kept from here, a sentence each. */
  readonly missing: readonly string[];
  /** What keeps commands that have limits within them. */
  readonly limiter?: Limiter;
}

/** What commands are not kept from without a sandbox. */
export function unconfined(why: string): string {
  return `tasks see the files and processes of the machine: ${why}`;
}

/** For machines without any of it, and for tests. */
export const noIsolation: Isolation = {
  network: 'none',
  processes: 'none',
  diesWithParent: false,
  prefix: { allowed: [], none: [] },
  detail: 'not tried',
  sandbox: undefined,
  missing: [unconfined('no sandbox was tried')],
};

/** Where util-linux is where PATH does not say so. */
const systemPath = '/usr/sbin:/usr/bin:/sbin:/bin';

/** root may make a network namespace as it is; others need a user namespace around it, where the machine allows one. */
const userNamespaces = [[], ['--user', '--map-current-user'], ['--user', '--map-root-user']] as const;

/** With `--kill-child` the namespace ends with the process that made it, and with a namespace's first process all in it. */
const processNamespaces = [['--pid', '--fork', '--kill-child'], []] as const;

/**
 * Tries which of util-linux' setpriv and unshare work here. A network namespace counts only where the process inside sees
 * no interface but its own loopback. At most eight short processes, a few milliseconds each.
 * @param run without isolation: `createRunProcess({ isolation: noIsolation, ... })`.
 */
export async function probeIsolation(run: RunProcess, path: string): Promise<Isolation> {
  const searchPath = `${path}:${systemPath}`;
  const find = (name: string) => findProgram(name, searchPath, '/');
  const [setpriv, unshare, cat] = [await find('setpriv'), await find('unshare'), await find('cat')];
  if (cat === undefined) return { ...noIsolation, detail: 'there is no cat to try it with' };
  const attempt = async (
    prefix: readonly string[],
  ): Promise<{ interfaces: string[] | undefined; why: string }> => {
    const [program = cat, ...args] = [...prefix, cat, '/proc/net/dev'];
    const outcome = await run({
      program,
      args,
      cwd: dirname(cat),
      env: { LC_ALL: 'C', PATH: path },
      network: 'allowed',
    });
    if (!succeeded(outcome))
      return { interfaces: undefined, why: outcome.stderr.trim() || 'it does not run' };
    return { interfaces: interfacesOf(outcome.stdout), why: '' };
  };

  const deathSignal = setpriv === undefined ? [] : [setpriv, '--pdeathsig', 'KILL', '--'];
  const diesWithParent = setpriv !== undefined && (await attempt(deathSignal)).interfaces !== undefined;
  const allowed = diesWithParent ? deathSignal : [];
  const missing = diesWithParent ? [] : ['setpriv --pdeathsig (util-linux) is not there or does not work'];
  const reasons: string[] = [];
  if (unshare === undefined) reasons.push('unshare (util-linux) is not there');
  for (const user of unshare === undefined ? [] : userNamespaces) {
    for (const processes of processNamespaces) {
      const none = [...allowed, unshare as string, ...user, '--net', ...processes, '--'];
      const { interfaces, why } = await attempt(none);
      if (interfaces === undefined) reasons.push(why);
      else if (interfaces.some((name) => name !== 'lo'))
        reasons.push(`unshare --net leaves ${interfaces.join(', ')}`);
      else {
        return {
          ...noIsolation,
          network: 'namespace',
          processes: processes.length > 0 ? 'namespace' : 'none',
          diesWithParent,
          prefix: { allowed, none },
          detail: [...missing, ...(processes.length > 0 ? [] : reasons)].join('; '),
        };
      }
    }
  }
  return {
    ...noIsolation,
    diesWithParent,
    prefix: { allowed, none: allowed },
    detail: [...new Set([...missing, ...reasons])].join('; '),
  };
}

/** The names of the network interfaces in a text of /proc/net/dev. */
export function interfacesOf(text: string): string[] {
  return [...text.matchAll(/^\s*([^\s:|]+):/gm)].map((match) => match[1] ?? '');
}

/** What a report says of a command. */
export function isolationOf(command: Command, isolation: Isolation): CommandRecord['isolation'] {
  return command.network === 'allowed' ? 'allowed' : isolation.network;
}
