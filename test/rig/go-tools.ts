import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeOnce } from './make-once.ts';

const here = dirname(fileURLToPath(import.meta.url));

/** A third of the compiler's time is what makes programs quick, and what only a debugger reads. */
const quickly = 'all=-l -dwarf=false';

/** Environment of go commands that take memory rather than time: no garbage is collected below that much, and the output is the same. */
export const unsparing = { GOGC: 'off', GOMEMLIMIT: '2GiB' } as const;

/**
 * The programs that a Go module of this folder has as its tools, by absolute path: in the user's cache, where the machine's go
 * builds them once.
 * @param ldflags of the linker, for what a program says of itself. @param env of the go command, beside what it has.
 */
export async function goTools(
  module: string,
  names: readonly string[],
  ldflags: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Readonly<Record<string, string>>> {
  const source = join(here, module);
  const hash = createHash('sha256').update(quickly + ldflags);
  for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(source, file)));
  const cache = process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const folder = join(cache, 'eksd-rebuild-test', `${module}-${hash.digest('hex').slice(0, 16)}`);
  await makeOnce(folder, (made) => {
    const flags = ['-trimpath', '-gcflags', quickly, '-ldflags', `-s -w ${ldflags}`];
    execFileSync('go', ['build', ...flags, '-o', `${made}/`, 'tool'], {
      cwd: source,
      env: {
        ...{ ...process.env, ...unsparing },
        ...env,
        ...{ CGO_ENABLED: '0', GOFLAGS: '-mod=readonly -buildvcs=false', GOWORK: 'off' },
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  });
  return Object.fromEntries(names.map((name) => [name, join(folder, name)]));
}

/** The user's own build cache: what the machine's go has compiled of its packages, in whichever test, no other one compiles again. */
export function userBuildCache(): string {
  return execFileSync('go', ['env', 'GOCACHE'], { encoding: 'utf8' }).trim();
}
