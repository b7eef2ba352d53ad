import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ReleaseName } from '../../../orchestrator/core/names.ts';
import type { ReportJson } from '../../../orchestrator/report/report-json.ts';
import { reproduceScript } from '../../../orchestrator/report/reproduce/script.ts';
import type { NodeReport } from '../../../orchestrator/report/run-report.ts';
import { commandRecord, recordedNodes, recordedReport } from '../../rig/recorded.ts';
import { sha } from '../../rig/verdicts.ts';

function scriptOf(report: ReportJson, at = 0): string | undefined {
  const project = report.projects[0];
  const file = project?.files[at];
  if (project === undefined || file === undefined) throw new Error('no such file');
  const script = reproduceScript(report, project, file);
  if (script !== undefined) execFileSync('/bin/sh', ['-n'], { input: script });
  return script;
}

/** Changes the nodes of one kind. */
function withNodes(kind: string, change: (node: NodeReport) => Partial<NodeReport>): ReportJson {
  const nodes = recordedNodes().map((node) => (node.kind === kind ? { ...node, ...change(node) } : node));
  return recordedReport(undefined, nodes);
}

/** Lines that have a text, in order, without the blanks round them. */
function lines(script: string | undefined, text: string): readonly string[] {
  return (script ?? '')
    .split('\n')
    .filter((line) => line.includes(text))
    .map((line) => line.trim());
}

test('the recorded command is told for the one file, in the recorded environment and nothing else', () => {
  const script = scriptOf(recordedReport());
  assert.equal(lines(script, 'go build'), [
    `"$goroot"/bin/go build -trimpath -mod=mod -ldflags '-s -X '\\''a.b=c d'\\''' -o "$work"/out/tool ./cmd/tool`,
  ]);
  const compile = script?.slice(script.indexOf('# The program')) ?? '';
  for (const part of ['GOPROXY=off', 'GOPATH="$work"/modules/gopath', 'GOCACHE="$work"/go-build']) {
    assert.ok(compile.includes(part), part);
  }
  assert.ok(script?.includes('GOTOOLCHAIN=go1.21.10 go env GOROOT'));
});

test('the source is the locked commit, with the patches of the release and those of the user, checked', () => {
  const script = scriptOf(recordedReport());
  assert.equal(lines(script, 'checkout --quiet'), [
    `git -c advice.detachedHead=false checkout --quiet --detach ${'c'.repeat(40)}`,
  ]);
  assert.equal(lines(script, 'cat-file'), [
    `git cat-file blob ${'d'.repeat(40)}:projects/org/tool/1-30/patches/0001-x.patch >"$work"/patches/0001.patch`,
  ]);
  assert.equal(lines(script, 'mine.patch'), [
    `cp "$start"/'patches/org/tool/it'\\''s mine.patch' "$work"/patches/0002.patch`,
  ]);
  assert.equal(lines(script, '  0001.patch'), [`${sha('patch')}  0001.patch`]);
  assert.equal(lines(script, '  0002.patch'), [`${sha('mine')}  0002.patch`]);
  assert.equal(lines(script, 'git am'), [
    `plain env GIT_COMMITTER_NAME='O'\\''Neill' GIT_COMMITTER_EMAIL=o@example.com git am --quiet --committer-date-is-author-date "$patch"`,
  ]);
  assert.equal(lines(script, 'rev-parse HEAD'), [
    `test "$(plain git rev-parse HEAD)" = ${'e'.repeat(40)} || {`,
  ]);
  assert.equal(lines(script, 'touch'), ['touch eks-distro-checkout-v1.2.3 eks-distro-patched']);
});

test('modules are fetched for all platforms, from where the user gets them', () => {
  const script = scriptOf(recordedReport());
  assert.equal(lines(script, 'for target'), ['for target in linux/amd64 linux/arm64; do']);
  assert.equal(lines(script, 'proxy.example'), []);
  assert.equal(lines(script, "(the user's)"), []);
});

test('what go mod vendor made is what is compiled', () => {
  const go = '$TREE(toolchain go1.21.10)/go/bin/go';
  const report = withNodes('modules', () => ({
    commands: [
      commandRecord([go, 'mod', 'vendor'], { exitCode: 1 }),
      commandRecord([go, 'mod', 'vendor', '-e']),
    ],
  }));
  const script = scriptOf(report);
  assert.equal(
    lines(script, '/bin/go mod vendor').map((line) => line.endsWith('mod vendor -e >/dev/null')),
    [true],
  );
  assert.equal(lines(script, '"$work"/build/source'), [
    'mv "$work"/modules/source "$work"/build/source',
    'cd "$work"/build/source',
  ]);
});

test('where a module is gone, the sums of the vendor folder stand where go looks for them', () => {
  const report = withNodes('go-build', ({ commands }) => ({
    commands: [
      commandRecord(['cp', '-a', '$TREE(modules org/tool)/module/.', '$SCRATCH/source']),
      ...commands,
    ],
  }));
  const script = scriptOf(report) ?? '';
  const awk = script.slice(script.indexOf("awk '"), script.indexOf('done', script.indexOf("awk '")) + 4);
  assert.ok(awk.includes('go.sum vendor/modules.txt'));
  const files = `
    cd "$(mktemp -d)" && work=$PWD && mkdir vendor
    printf '%s\\n' 'a.b/Cd v1.0.0 h1:one=' 'a.b/Cd v1.0.0/go.mod h1:mod=' 'e.f/g v2.0.0 h1:two=' 'e.f/g v2.0.0-RC1 h1:rc=' >go.sum
    printf '%s\\n' '# a.b/Cd v1.0.0' '## explicit' '# x.y/z v1.1.1 => e.f/g v2.0.0-RC1' '# e.f/h v1.0.0 => ../h' 'a.b/Cd/x' >vendor/modules.txt
    ${awk}
    cd modules/gopath/pkg/mod/cache/download && grep -r . . | sort`;
  assert.is(
    execFileSync('/bin/sh', ['-c', files], { encoding: 'utf8' }),
    './a.b/!cd/@v/v1.0.0.ziphash:h1:one=\n./e.f/g/@v/v2.0.0-!r!c1.ziphash:h1:rc=\n',
  );
});

test('a Go with patches is made of the official one, by what was applied of each patch', () => {
  const [repository, commit] = ['https://example.com/tooling.git', 'f'.repeat(40)];
  const patches = ['a', 'b'].map((path) => ({ path, sha256: sha(path), repository, commit }));
  const official = { id: 'toolchain go1.18.10', inputs: { source: 'module-proxy', version: '1.18.10' } };
  const nodes = recordedNodes().flatMap((node) => {
    if (node.kind !== 'toolchain') return [node];
    const apply = [
      'git',
      '--git-dir=$SCRATCH/none.git',
      'apply',
      '--include=src/net/a.go',
      '$SCRATCH/0002-b.patch',
    ];
    const patched = {
      needs: [official.id],
      inputs: { source: 'patches' },
      patches,
      commands: [commandRecord(apply)],
    };
    return [
      { ...node, ...official },
      { ...node, ...patched },
    ];
  });
  const script = scriptOf(recordedReport(undefined, nodes));
  assert.equal(lines(script, 'GOTOOLCHAIN=go1').length, 1);
  assert.ok(script?.includes('GOTOOLCHAIN=go1.18.10 go env GOROOT'));
  assert.equal(lines(script, 'go-patches/0002'), [
    `git cat-file blob ${commit}:b >"$work"/go-patches/0002.patch`,
    'plain git --git-dir="$work"/none.git --work-tree=. apply --include=src/net/a.go "$work"/go-patches/0002.patch',
  ]);
  assert.equal(lines(script, `${sha('a')}  0001.patch`).length, 1);
});

test('a Go that no proxy has is asked of the reader', () => {
  const report = withNodes('toolchain', () => ({
    inputs: { source: 'built', version: '1.21.10' },
    title: 'go 1.21.10, 2 patches',
  }));
  const script = scriptOf(report);
  assert.equal(lines(script, 'GOTOOLCHAIN=go'), []);
  assert.ok(script?.includes('PINNED_GOROOT'));
});

test('the last line holds what came, and what was published where that is another', () => {
  const sums = (expected: string | undefined, found: string | undefined) => {
    const given = {
      ...(expected === undefined ? {} : { expected: sha(expected) }),
      ...(found === undefined ? {} : { found: sha(found) }),
    };
    return (scriptOf(recordedReport([given])) ?? '').split('\n').slice(-6);
  };
  assert.ok(sums('a', 'a').includes(`${sha('a')}  tool`));
  assert.ok(sums('a', 'b').includes(`${sha('b')}  tool`));
  assert.ok(sums('a', 'b').includes(`# What came; published was ${sha('a')}`));
  assert.ok(sums('a', undefined).includes(`${sha('a')}  tool`));
  assert.ok(sums(undefined, undefined).includes('sha256sum tool'));
});

test('no script where nothing was compiled', () => {
  assert.is(scriptOf(withNodes('go-build', () => ({ commands: [] }))), undefined);
  assert.is(scriptOf(recordedReport([{ node: 'go-build of another' }])), undefined);
});

test('nothing that was read is run', () => {
  const evil = `v1'"\n$(echo HIT >&2)\`echo HIT >&2\`; echo HIT >&2 # `;
  const report = recordedReport();
  const patches = [{ path: evil, sha256: sha('x') }];
  const facts = { tag: evil, repository: evil, commit: evil, markers: [evil], patches };
  const base = { ...report.projects[0], ...facts };
  const project = base as ReportJson['projects'][number];
  const release = { ...report.release, name: evil as ReleaseName, repository: evil };
  const script = scriptOf({ ...report, release, projects: [project] }) ?? '';
  const harmless = ['cp', 'env', 'git', 'go', 'mkdir', 'mktemp', 'mv', 'sha256sum', 'test', 'touch'];
  const stubs = harmless.map((name) => `${name}() { printf '<%s>' "$@"; }\n`).join('');
  const cwd = mkdtempSync(join(tmpdir(), 'script-'));
  mkdirSync(join(cwd, 'patches'));
  const options = { encoding: 'utf8', env: { PATH: '/nowhere' }, cwd } as const;
  const ran = spawnSync('/bin/sh', ['-c', `cd() { :; }\n${stubs}${script}`], options);
  rmSync(cwd, { recursive: true });
  assert.equal([ran.status, ran.stderr], [0, '']);
  assert.is(ran.stdout.split(`<${evil}>`).length - 1, 4);
});

test.run();
