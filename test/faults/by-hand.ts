import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { unsparing } from '../rig/go-tools.ts';

/** A project of the sample release, built with git and go by hand. What is absent is as upstream does it. */
export interface HandBuild {
  readonly project: 'clock' | 'greeter' | 'toolbox';
  /** `1.22.11` */
  readonly go?: string;
  /** Without the untracked files that upstream's make rules leave. */
  readonly marks?: 'none';
  /** Only these patches, by the beginning of their names, in this order. */
  readonly patches?: readonly string[];
  /** Patches as changes of files only. */
  readonly applied?: 'uncommitted';
  readonly committer?: { readonly name: string; readonly email: string };
  /** Shell text, for the `-X` of `-ldflags`. */
  readonly stamps?: string;
  /** The words of `-ldflags` before them. */
  readonly words?: string;
  readonly flags?: string;
  readonly trimpath?: 'no';
  /** `GOAMD64=v3` */
  readonly env?: Readonly<Record<string, string>>;
  /** With an empty module cache, so that no sums are known. */
  readonly sums?: 'absent';
  /** Shell text that changes the checkout once it is patched. */
  readonly edit?: string;
}

const plans = {
  greeter: {
    tag: 'v1.2.0',
    go: '1.22.12',
    module: '.',
    packages: './cmd/greeter',
    flags: '',
    stamps: '-X main.version=v1.2.0',
  },
  toolbox: {
    tag: 'v2.0.1',
    go: '1.20.14',
    module: '.',
    packages: './tools/hammer ./tools/saw',
    flags: '-installsuffix cgo',
    stamps:
      '-X sample.example/toolbox/v2/version.Commit=$(git rev-list -n 1 v2.0.1) -X sample.example/toolbox/v2/version.Short=$(git rev-parse --short v2.0.1)',
  },
  clock: {
    tag: 'v0.3.0',
    go: '1.22.12',
    module: 'clockctl',
    packages: '.',
    flags: '',
    stamps:
      '-X sample.example/clock/api/version.Version=0.3.0 -X sample.example/clock/api/version.Describe=$(git describe --always --abbrev=0) -X sample.example/clock/api/version.Date=$(git show -s --format=%cd --date=format:%Y-%m-%dT%H:%M:%SZ HEAD)',
  },
} as const;

const examples = fileURLToPath(new URL('../../examples/', import.meta.url));

/**
 * The programs for linux/amd64, by name. @param work an empty folder. @param repositories of `repositories.sh`.
 * @param buildCache in the place of the user's own.
 */
export function buildByHand(
  build: HandBuild,
  repositories: string,
  work: string,
  buildCache?: string,
): ReadonlyMap<string, string> {
  const plan = plans[build.project];
  const output = join(work, 'output');
  mkdirSync(output, { recursive: true });
  const { name = 'Prow Bot', email = 'prow@amazonaws.com' } = build.committer ?? {};
  const pins = join(examples, 'upstream', 'projects', 'sample', build.project, '1-0', 'patches');
  const patches = patchFiles(pins, build.patches);
  const marks = build.marks === undefined;
  const steps = [
    `git clone --quiet '${join(repositories, 'sample', `${build.project}.git`)}' source`,
    'cd source',
    `git checkout --quiet ${plan.tag}`,
    ...(marks ? [`touch eks-distro-checkout-${plan.tag}`] : []),
    ...patches.map((patch) =>
      build.applied === undefined
        ? `git am --quiet --committer-date-is-author-date '${patch}'`
        : `git apply '${patch}'`,
    ),
    ...(marks ? ['touch eks-distro-patched'] : []),
    `PATH=$(GOTOOLCHAIN=go${build.go ?? plan.go} go env GOROOT)/bin:$PATH`,
    'export GOTOOLCHAIN=local',
    `cd ${plan.module}`,
    build.edit ?? ':',
    // A vendor folder that git does not track would make it a modified checkout.
    ...(marks ? ['go mod vendor'] : []),
    ...(build.sums === undefined ? [] : ['export GOMODCACHE=$HOME/no-modules']),
    `go build ${build.trimpath === undefined ? '-trimpath' : ''} -ldflags "${build.words ?? '-s -w -buildid= -extldflags -static'} ${build.stamps ?? plan.stamps}" -o '${output}/' ${build.flags ?? plan.flags} ${plan.packages}`,
  ];
  execFileSync('sh', ['-eu', '-c', `umask 022\n${steps.join('\n')}`], {
    cwd: work,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      ...fetching(),
      ...(buildCache === undefined ? {} : { GOCACHE: buildCache }),
      HOME: work,
      PATH: process.env['PATH'] ?? '',
      TZ: 'UTC',
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GOENV: 'off',
      GOFLAGS: '',
      ...unsparing,
      CGO_ENABLED: '0',
      GOOS: 'linux',
      GOARCH: 'amd64',
      ...build.env,
    },
  });
  return new Map(readdirSync(output).map((file) => [file, join(output, file)]));
}

function patchFiles(folder: string, chosen: readonly string[] | undefined): readonly string[] {
  let names: readonly string[] = [];
  try {
    names = readdirSync(folder).sort();
  } catch {
    // A project without patches.
  }
  const wanted = chosen?.map((start) => names.find((name) => name.startsWith(start)) ?? start) ?? names;
  return wanted.map((name) => join(folder, name));
}

/** How the machine's go fetches, and where it keeps what it has. */
function fetching(): Readonly<Record<string, string>> {
  const names = ['GOMODCACHE', 'GOCACHE', 'GOPROXY', 'GOSUMDB'];
  const values = execFileSync('go', ['env', ...names], { encoding: 'utf8' })
    .trimEnd()
    .split('\n');
  return Object.fromEntries(names.map((name, at) => [name, values[at] ?? '']));
}
