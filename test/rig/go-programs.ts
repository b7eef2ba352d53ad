import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unsparing } from './go-tools.ts';

const execute = promisify(execFile);

/** How a real program is built. What is left out is as the projects build: trimmed, stripped, without a stamp. */
export interface GoProgram {
  /** `1.21.9`; the machine's own where it is left out. */
  readonly go?: string;
  readonly platform?: string;
  readonly flags?: readonly string[];
  readonly ldflags?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Below the folder: where its go.mod is. */
  readonly module?: string;
}

/** Builds real programs below a folder, with the user's own build cache: to compile Go's packages for each machine takes minutes. Uses the module proxy. */
export function goPrograms(folder: string) {
  let built = 0;
  return {
    write(files: Readonly<Record<string, string>>): void {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
    },
    git(module: string, ...args: string[]): string {
      const identity = ['-c', 'user.name=T', '-c', 'user.email=t@test.example', '-c', 'commit.gpgsign=false'];
      return execFileSync('git', [...identity, ...args], { cwd: join(folder, module), encoding: 'utf8' });
    },
    async go(program: GoProgram, ...args: string[]): Promise<void> {
      await execute('go', args, {
        cwd: join(folder, program.module ?? 'app'),
        env: environment(program),
      });
    },
    /** Gives the program's absolute path. */
    async build(program: GoProgram): Promise<string> {
      built += 1;
      const output = join(folder, 'built', String(built));
      const { flags = ['-trimpath'], ldflags = '-s -w' } = program;
      await this.go(program, 'build', ...flags, '-ldflags', ldflags, '-o', output, '.');
      return output;
    },
  };
}

function environment({ go, platform = 'linux/amd64', env }: GoProgram) {
  const [os, arch] = platform.split('/');
  const { PATH, HOME, GOPROXY, GOSUMDB } = process.env;
  return {
    ...{ PATH, HOME },
    ...(GOPROXY === undefined ? {} : { GOPROXY }),
    ...(GOSUMDB === undefined ? {} : { GOSUMDB }),
    ...unsparing,
    CGO_ENABLED: '0',
    GOARCH: arch,
    GOENV: 'off',
    // The stamp is what is tested: without a word it would depend on the Go version.
    GOFLAGS: !isOld(go) ? '-buildvcs=false' : '',
    GOOS: os,
    GOTOOLCHAIN: go === undefined ? 'local' : `go${go}`,
    GO111MODULE: 'on',
    ...env,
  };
}

/** Before Go 1.18 there is no stamp, and no word for it. */
function isOld(go: string | undefined): boolean {
  return go !== undefined && Number(go.split('.')[1]) < 18;
}
