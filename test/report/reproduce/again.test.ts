import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import { type AgainModule, againScript } from '../../../orchestrator/report/reproduce/again.ts';
import { type AgainValues, valuesText } from '../../../orchestrator/report/reproduce/again-values.ts';

/** A go that is old, knows a proxy, and compiles each package to a text of what it was given; and a repository of a project with a patch for it. */
const go = `#!/bin/sh
[ "\${GOFLAGS--modcacherw}" = -modcacherw ] || { echo "go: parsing \\$GOFLAGS: unknown flag $GOFLAGS" >&2; exit 2; }
case $1 in
env) [ "$2" = GOROOT ] || exec printf '%s' "https://proxy.example/$2"
  echo "\${0%/bin/go}" ;;
list) [ "$GOPROXY $GOENV" = "https://proxy.example/GOPROXY off" ] && [ -z "\${GONE-}" ] ;;
mod) [ "$3" = -e ] && rm -rf vendor && mkdir $VENDORED ;;
build)
  shift
  while [ "$1" != -o ]; do flags="\${flags-}$1 "; shift; done
  out=$2
  shift 2
  for package; do
    case $out in */) file=$out\${package##*/} ;; *) file=$out ;; esac
    echo "$flags$GOOS/$GOARCH $package $(cat "$package"/main.go) $(ls | tr '\\n' ' ')" >"$file"
  done ;;
esac
`;

const git = (cwd: string, ...args: readonly string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...args], {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], GIT_CONFIG_GLOBAL: '/dev/null', ...when },
  }).trim();
const when = { GIT_AUTHOR_DATE: '2024-05-01T12:00:00-0700', GIT_COMMITTER_DATE: '2024-05-01T12:00:00-0700' };

function repository(folder: string, files: Readonly<Record<string, string>>, tag: string): string {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  git(folder, 'init', '--quiet');
  git(folder, 'add', '.');
  git(folder, 'commit', '--quiet', '-m', tag);
  git(folder, 'tag', '-a', '-m', tag, tag);
  git(folder, 'config', 'uploadpack.allowFilter', 'true');
  return git(folder, 'rev-parse', 'HEAD');
}

const moduleOf = (flags: string): AgainModule => ({
  folder: '.',
  patterns: [{ path: './cmd/*', except: ['left out'] }],
  fetch: {
    ...{ argv: ['$GOROOT/bin/go', 'list', '-deps', '$PROGRAMS'], cwd: '$MODULES/source', env: {} },
    ...{ platforms: ['linux/amd64'], vendors: false },
  },
  nodes: ['linux/amd64', 'linux/arm64'].map((platform) => ({
    ...{ node: `go-build ${platform}`, method: 'direct', toolchain: 'go $GO' },
    steps: [
      { kind: 'command', argv: ['cp', '-a', '$SOURCE/source', '$CHECKOUT'], cwd: '$SCRATCH', env: path },
      {
        kind: 'command',
        argv: ['$GOROOT/bin/go', 'build', flags, '-o', '$OUT/', '$PROGRAMS'],
        cwd: '$CHECKOUT',
        env: { ...path, GOOS: platform.split('/')[0] ?? '', GOARCH: platform.split('/')[1] ?? '' },
      },
    ],
  })),
});
const path = { PATH: '/usr/bin:/bin' };

test('a shell does what is pinned: patches, what the checkout says, folders with Go, every platform; and compares', () => {
  const folder = mkdtempSync(join(tmpdir(), 'again-'));
  try {
    const source = join(folder, 'source of it');
    const commit = repository(
      source,
      {
        'cmd/one/main.go': 'one\n',
        'cmd/left out/main.go': '',
        'cmd/none/README': '',
        'vendor/modules.txt': '',
      },
      'v1.2.3',
    );
    git(source, 'checkout', '--quiet', '-b', 'patched');
    writeFileSync(join(source, 'cmd/one/main.go'), 'patched\n');
    git(source, 'commit', '--quiet', '-a', '-m', 'Patch');
    const patch = `${git(source, 'format-patch', '-1', '--stdout')}\n`;
    git(source, 'checkout', '--quiet', '--detach', 'v1.2.3');
    const upstream = join(folder, 'upstream');
    const pinned = repository(upstream, { "it's/0001.patch": patch }, 'v1');
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'bin', 'go'), go);
    chmodSync(join(folder, 'bin', 'go'), 0o755);
    const text = (platform: string) =>
      `-X=v1.2.3,2024-05-01T12:00:00Z,2024-05-01T19:00:00Z,${commit.slice(0, 9)} ${platform} ./cmd/one patched cmd eks-marker vendor \n`;
    const files = ['linux/amd64', 'linux/arm64'].map((platform) => {
      return { platform, name: 'one', sha256: digestOf(text(platform)).toString() };
    });
    const values: AgainValues = {
      ...{ project: 'org/tool', release: 'v1-30-eks-5', repository: source, tag: 'v1.2.3', commit },
      ...{ go: '1.21.9', goPatches: undefined, committer: { name: "it's us", email: 'us@example.com' } },
      patches: {
        ...{ repository: upstream, commit: pinned },
        files: [{ path: "it's/0001.patch", sha256: digestOf(patch) }],
      },
      ...{ markers: ['eks-marker'], files },
    };
    const flags = '-X=$TAG,$HEAD_DATE,$HEAD_DATE_UTC,$COMMIT_SHORT_9';
    writeFileSync(join(folder, 'script.sh'), againScript({ modules: [moduleOf(flags)] }));
    const run = (
      given: AgainValues,
      into: string,
      more: Readonly<Record<string, string>> = {},
      script = 'script.sh',
    ) => {
      writeFileSync(join(folder, 'values'), valuesText(given));
      const env = {
        PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
        TZ: 'Asia/Tokyo',
        GOFLAGS: '-buildvcs=false',
        ...more,
      };
      return spawnSync('sh', [script, 'values', into], { cwd: folder, env, encoding: 'utf8' });
    };
    const ran = run(values, 'work');
    assert.is(ran.status, 0, ran.stderr);
    assert.is(readFileSync(join(folder, 'work/out/linux/amd64/one'), 'utf8'), text('linux/amd64'));
    assert.match(ran.stdout, 'linux/amd64/one: OK\nlinux/arm64/one: OK\n');
    // What lies in a folder of the user is not the script's to take away.
    mkdirSync(join(folder, 'theirs/build'), { recursive: true });
    writeFileSync(join(folder, 'theirs/build/thesis.txt'), 'x');
    const refused = run(values, 'theirs');
    assert.is(refused.status, 1);
    assert.match(refused.stderr, 'theirs');
    assert.is(readFileSync(join(folder, 'theirs/build/thesis.txt'), 'utf8'), 'x');
    assert.equal(readdirSync(join(folder, 'theirs')), ['build']);
    // A dash is no flag, and a backslash no escape.
    assert.is(run(values, '-dash\\tslash').status, 0);
    const [, ...others] = files;
    const other = { platform: 'linux/amd64', name: 'one', sha256: 'a'.repeat(64) };
    const failed = run({ ...values, files: [other, ...others] }, 'other');
    assert.match(failed.stdout, 'linux/amd64/one: FAILED\n');
    assert.is(failed.status, 1);
    const lacking = run(values, 'lacking', { GONE: 'yes' });
    assert.is(lacking.status, 1);
    assert.match(lacking.stderr, 'eksd-rebuild then compiles the vendor folder of the project');
    const fetch = { ...moduleOf(flags).fetch, argv: ['$GOROOT/bin/go', 'mod', 'vendor'], vendors: true };
    const vendoring = { ...moduleOf('-mod=$MODE'), fetch };
    writeFileSync(join(folder, 'vendoring.sh'), againScript({ modules: [vendoring] }));
    for (const [name, mode] of [
      ['vendor', 'vendor'],
      ['nothing', 'mod'],
    ]) {
      // A module that only tests need is gone, and then there is something to vendor, or not.
      const vendored = run(values, mode ?? '', { VENDORED: name ?? '' }, 'vendoring.sh');
      const built = readFileSync(join(folder, mode ?? '', 'out/linux/amd64/one'), 'utf8');
      assert.match(built, `-mod=${mode} linux/amd64 ./cmd/one`, vendored.stderr);
    }
    const forged = { ...values.patches, files: [{ path: "it's/0001.patch", sha256: 'a'.repeat(64) }] };
    assert.is(
      run({ ...values, patches: { ...values.patches, ...forged } as AgainValues['patches'] }, 'x').status,
      1,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('values are assignments and nothing else, whatever is in them', () => {
  const evil = `$(touch x)\`touch x\`'"\\\n;&|#`;
  const text = valuesText({
    ...{ project: evil, release: evil, repository: evil, tag: evil, commit: evil, go: evil },
    ...{ goPatches: undefined, patches: { repository: evil, commit: evil, files: [] }, markers: [evil] },
    ...{ committer: { name: evil, email: evil }, files: [] },
  });
  const said = execFileSync(
    'sh',
    ['-eu', '-c', `${text}printf '%s|' "$REPOSITORY" "$TAG" "$GO" "$MARKERS"`],
    {
      encoding: 'utf8',
      cwd: tmpdir(),
    },
  );
  assert.is(said, `${evil}|`.repeat(4));
});

test.run();
