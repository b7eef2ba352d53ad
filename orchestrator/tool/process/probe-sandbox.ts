import { type Isolation, interfacesOf, unconfined } from './isolation.ts';
import type { Limiter } from './limits.ts';
import { type RunProcess, succeeded } from './process.ts';
import { findProgram } from './program-path.ts';
import type { Protection, Sandbox } from './sandbox.ts';

/** What tasks are not kept from where a protection is lacking, as a sentence. */
const words: Readonly<Record<Protection, string>> = {
  filter: 'system calls are not filtered',
  processes: "the machine's list of processes is seen",
  users: 'there is no user namespace round them',
  size: 'what they keep in /tmp is not limited',
};

/** What may be refused, the likeliest first: a container's /proc, kernels without a filter, bubblewrap before 0.7. */
const refusable: readonly Protection[] = ['processes', 'filter', 'size', 'users'];

interface Machine {
  /** Of this process. */
  readonly uid: number | undefined;
  readonly platform: string;
  readonly limiter: Limiter;
}

/**
 * Tries bubblewrap as it is on the PATH, with all that it can do, then with less and less. It counts only where a process in it shows
 * what is claimed of it.
 * @param runIn runs processes in a sandbox.
 */
export async function probeSandbox(
  runIn: (sandbox: Sandbox) => RunProcess,
  path: string,
  machine: Machine,
): Promise<Pick<Isolation, 'sandbox' | 'missing'>> {
  const bwrap = await findProgram('bwrap', path, '/');
  if (bwrap === undefined) return none('bwrap (bubblewrap) is not on the PATH');
  const reasons: string[] = [];
  for (const lacks of combinations(refusable)) {
    const sandbox: Sandbox = { bwrap, lacks: new Set(lacks), platform: machine.platform };
    const why = await whyNot(sandbox, runIn(sandbox), path);
    if (why === undefined) {
      const lacking = lacks.map((each) => `${words[each]} (${reasons.at(-1) ?? ''})`);
      return { sandbox, missing: [...lacking, ...missingLimits(machine)] };
    }
    reasons.push(why);
  }
  return none([...new Set(reasons)].join('; '));
}

function none(why: string): Pick<Isolation, 'sandbox' | 'missing'> {
  return { sandbox: undefined, missing: [unconfined(why)] };
}

/** The kernel lets root start as many as there is room for, whatever `ulimit` says. */
function missingLimits({ uid, limiter }: Machine): readonly string[] {
  if (uid !== 0 || limiter.hasGroups) return [];
  return ['the number of processes is not limited: no control group can be made'];
}

/** None of them, then each alone, then every two, then all. */
function combinations<T>(all: readonly T[]): readonly (readonly T[])[] {
  const pairs = all.flatMap((a, index) => all.slice(index + 1).map((b) => [a, b]));
  return [[], ...all.map((each) => [each]), ...pairs, all];
}

/** Why a process in a sandbox is not kept from what it claims; undefined where it is. */
async function whyNot(sandbox: Sandbox, run: RunProcess, path: string): Promise<string | undefined> {
  const outcome = await run({
    program: 'cat',
    args: ['/proc/net/dev', '/proc/self/status'],
    cwd: '/',
    env: { LC_ALL: 'C', PATH: `${path}:/usr/bin:/bin` },
    network: 'none',
    sees: {},
  });
  if (!succeeded(outcome)) return outcome.stderr.trim() || outcome.spawnError || 'bwrap does not run';
  // The two files one after the other: the second one begins with the process' name.
  const [network = '', process = ''] = outcome.stdout.split(/^(?=Name:)/m);
  const interfaces = interfacesOf(network);
  const status = (name: string) => new RegExp(`^${name}:\\s+(\\S+)`, 'm').exec(process)?.[1];
  if (interfaces.some((name) => name !== 'lo')) return `bwrap leaves ${interfaces.join(', ')}`;
  if (!/^0+$/.test(status('CapEff') ?? '') || status('NoNewPrivs') !== '1')
    return 'bwrap leaves capabilities';
  if (!sandbox.lacks.has('filter') && status('Seccomp') !== '2') return 'bwrap sets no filter';
  return undefined;
}
