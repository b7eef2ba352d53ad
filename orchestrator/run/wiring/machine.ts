import type { Failure } from '../../core/failure.ts';
import type { Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { hermeticGitEnvironment } from '../../tool/git/environment.ts';
import { checkGit } from '../../tool/git/version.ts';
import { type Isolation, noIsolation, probeIsolation } from '../../tool/process/isolation.ts';
import { createLimiter } from '../../tool/process/limits.ts';
import { probeSandbox } from '../../tool/process/probe-sandbox.ts';
import { findProgram } from '../../tool/process/program-path.ts';
import { createRunProcess } from '../../tool/process/run-process.ts';

/**
 * What was found out of the machine, by the programs that were asked. It does not change while this process runs, and a
 * command may need it several times.
 */
const isolations = new Map<string, Promise<Isolation>>();
const gits = new Map<string, Promise<Result<string, Failure>>>();

/** What the machine keeps processes from. */
export async function isolationOf(host: Host): Promise<Isolation> {
  const path = searchPath(host);
  const programs = ['setpriv', 'unshare', 'bwrap'].map((name) => findProgram(name, path, '/'));
  const runIn = (sandbox?: Isolation['sandbox']) =>
    createRunProcess({ isolation: { ...noIsolation, sandbox }, now: host.now, signal: host.signal });
  return remembered(isolations, host, (await Promise.all(programs)).join(), async () => {
    const limiter = createLimiter(host.pid);
    const [namespaces, sandbox] = await Promise.all([
      probeIsolation(runIn(), path),
      probeSandbox(runIn, path, { uid: host.uid, platform: host.platform, limiter }),
    ]);
    return { ...namespaces, ...sandbox, limiter };
  });
}

/** Git's version. Errors: `missing-program`, `program-too-old`. */
export async function gitOf(host: Host): Promise<Result<string, Failure>> {
  const path = searchPath(host);
  const git = {
    run: createRunProcess({ isolation: noIsolation, now: host.now, signal: host.signal }),
    env: hermeticGitEnvironment(path),
  };
  const program = await findProgram('git', path, '/');
  return program === undefined ? checkGit(git) : remembered(gits, host, program, () => checkGit(git));
}

export function searchPath(host: Host): string {
  return host.env['PATH'] ?? '/usr/bin:/bin';
}

/** What was found out when its asker was interrupted is nothing to go by. */
function remembered<T>(
  known: Map<string, Promise<T>>,
  { signal }: Host,
  name: string,
  make: () => Promise<T>,
): Promise<T> {
  const value = known.get(name) ?? make().finally(() => signal.aborted && known.delete(name));
  known.set(name, value);
  return value;
}
