import type { RuleName } from '../../orchestrator/verdict/verify/explanation.ts';
import type { HandBuild } from './by-hand.ts';

/** A release whose published file was made otherwise than it says. */
export interface Fault {
  readonly name: string;
  /** The causes that it was given: one, or two at once. */
  readonly causes: readonly RuleName[];
  readonly build: HandBuild;
  /** The published file is at hand. */
  readonly published?: true;
  /** What else is the matter with the release. */
  readonly release?: 'patch-after-checksums' | 'unchecked';
  /** Found after many other builds: only for the bench. */
  readonly isSlow?: true;
  /** Our own build is made to depend on its folder. */
  readonly ours?: 'untrimmed';
}

const short = 'sample.example/toolbox/v2/version.Short';
const commit = 'sample.example/toolbox/v2/version.Commit';
const version = 'sample.example/clock/api/version';
const describe = `-X ${version}.Describe=$(git describe --always --abbrev=0)`;
const date = `-X ${version}.Date=$(git show -s --format=%cd --date=format:%Y-%m-%dT%H:%M:%SZ HEAD)`;

/** Those of one project have their guesses in common, which are built once. */
export const faults: readonly Fault[] = [
  {
    name: 'a patch came after the hash',
    causes: ['expectation'],
    build: { project: 'greeter', patches: ['0001'] },
    release: 'patch-after-checksums',
  },
  { name: 'an older Go', causes: ['go'], build: { project: 'greeter', go: '1.22.11' } },
  {
    name: 'a much older Go, with the file',
    isSlow: true,
    causes: ['go'],
    build: { project: 'clock', go: '1.22.5' },
    published: true,
  },
  { name: 'no stamp', causes: ['stamp'], build: { project: 'greeter', flags: '-buildvcs=false' } },
  { name: 'a clean checkout', causes: ['stamp'], build: { project: 'toolbox', marks: 'none' } },
  { name: 'patches without commits', causes: ['stamp'], build: { project: 'clock', applied: 'uncommitted' } },
  {
    name: 'a clean checkout, with the file',
    causes: ['stamp'],
    build: { project: 'clock', marks: 'none' },
    published: true,
  },
  {
    name: 'a tag without its v',
    causes: ['link-values'],
    build: { project: 'greeter', stamps: '-X main.version=1.2.0' },
  },
  {
    name: 'a longer abbreviation',
    causes: ['link-values'],
    build: {
      project: 'toolbox',
      stamps: `-X ${commit}=$(git rev-list -n 1 v2.0.1) -X ${short}=$(git rev-parse --short=9 v2.0.1)`,
    },
  },
  {
    name: 'a date in UTC',
    causes: ['link-values'],
    build: {
      project: 'clock',
      stamps: `-X ${version}.Version=0.3.0 ${describe} -X ${version}.Date=$(TZ=UTC git show -s --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ HEAD)`,
    },
  },
  {
    name: 'a value of no pattern, with the file',
    causes: ['link-values'],
    build: { project: 'greeter', stamps: '-X main.version=v1.2.0-nightly.20220504' },
    published: true,
  },
  { name: 'the last patch left out', causes: ['patches'], build: { project: 'greeter', patches: ['0001'] } },
  {
    name: 'the first patch left out',
    isSlow: true,
    causes: ['patches'],
    build: { project: 'greeter', patches: ['0002'] },
  },
  {
    name: 'patches the other way round',
    isSlow: true,
    causes: ['patches'],
    build: { project: 'greeter', patches: ['0002', '0001'] },
  },
  {
    name: 'patches that somebody else committed',
    isSlow: true,
    causes: ['patches'],
    build: { project: 'clock', committer: { name: 'GitHub', email: 'noreply@github.com' } },
  },
  { name: 'no module sums', causes: ['modules'], build: { project: 'greeter', sums: 'absent' } },
  {
    name: 'no module sums, with the file',
    causes: ['modules'],
    build: { project: 'greeter', sums: 'absent' },
    published: true,
  },
  {
    name: 'another level of amd64',
    causes: ['settings'],
    build: { project: 'greeter', env: { GOAMD64: 'v3' } },
  },
  { name: 'tags', causes: ['settings'], build: { project: 'greeter', flags: '-tags=netgo' } },
  {
    name: 'symbols',
    causes: ['not-run'],
    build: { project: 'clock', words: '-buildid= -extldflags -static' },
    published: true,
  },
  {
    name: 'no linker words for libraries',
    causes: ['settings'],
    build: { project: 'greeter', words: "-buildid='' -s -w" },
  },
  {
    name: 'paths inside',
    causes: ['paths'],
    build: { project: 'greeter', trimpath: 'no' },
    published: true,
  },
  {
    name: 'another build id',
    causes: ['not-run'],
    build: { project: 'greeter', words: '-s -w -buildid=made-elsewhere -extldflags -static' },
    published: true,
  },
  {
    name: 'our own build differs from folder to folder',
    causes: ['nondeterministic'],
    build: { project: 'clock' },
    ours: 'untrimmed',
  },
  {
    name: 'other code',
    causes: ['code'],
    build: {
      project: 'greeter',
      edit: `sed -i 's/^func main() {/func main() { defer println("done")/' cmd/greeter/main.go`,
    },
    published: true,
  },
  {
    name: 'no stamp, and a tag without its v',
    causes: ['stamp', 'link-values'],
    build: { project: 'greeter', flags: '-buildvcs=false', stamps: '-X main.version=1.2.0' },
  },
  {
    name: 'a clean checkout, and another abbreviation',
    isSlow: true,
    causes: ['stamp', 'link-values'],
    build: {
      project: 'toolbox',
      marks: 'none',
      stamps: `-X ${commit}=$(git rev-list -n 1 v2.0.1) -X ${short}=$(git rev-parse --short=9 v2.0.1)`,
    },
  },
  {
    name: 'no module sums, and a patch left out, with the file',
    causes: ['modules', 'patches'],
    build: { project: 'greeter', sums: 'absent', patches: ['0001'] },
    published: true,
  },
  {
    name: 'no stamp, and another Go, with the file',
    causes: ['stamp', 'go'],
    build: {
      project: 'clock',
      go: '1.22.11',
      flags: '-buildvcs=false',
      stamps: `-X ${version}.Version=0.3.0 ${describe} ${date}`,
    },
    published: true,
  },
];
