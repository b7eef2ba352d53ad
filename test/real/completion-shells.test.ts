import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { compileProgram } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';

/** What the compiled program's scripts complete in real shells. */
const test = suite<{ folder: string; env: NodeJS.ProcessEnv }>('completion in shells');

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'completion-shells-'));
  defer(() => rmSync(folder, { recursive: true }));
  await compileProgram(folder);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const cli = join(folder, 'package/dist/cli.js');
  writeFileSync(join(bin, 'eksd-rebuild'), `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`, {
    mode: 0o755,
  });
  for (const name of ['report.json', 'other.txt']) writeFileSync(join(folder, 'empty', name), '');
  context.folder = folder;
  context.env = {
    ...{ PATH: `${bin}:${process.env['PATH']}`, HOME: folder, TERM: 'dumb', LC_ALL: 'C.UTF-8' },
    EKSD_REBUILD_CACHE: join(folder, 'cache'),
  };
});

function run(
  { folder, env }: { folder: string; env: NodeJS.ProcessEnv },
  program: string,
  ...args: string[]
) {
  const ran = spawnSync(program, args, { cwd: join(folder, 'empty'), env, encoding: 'utf8' });
  assert.is(ran.status, 0, ran.stderr);
  return ran.stdout.split('\n').slice(0, -1);
}

/** A line as far as it is typed, and some of what may come of it. */
const lines: readonly (readonly [line: string, first: string])[] = [
  ['eksd-rebuild verif', 'verify'],
  ['eksd-rebuild base ref', 'refresh'],
  ['eksd-rebuild verify v1-30-eks-5', 'v1-30-eks-5'],
  ['eksd-rebuild verify v1-30-eks-5 --project etcd-io/', 'etcd-io/etcd'],
  ['eksd-rebuild verify v1-30-eks-5 --log js', 'json'],
  ['eksd-rebuild images v1-30-eks-5 --image kubernetes-csi/liv', 'kubernetes-csi/livenessprobe'],
  ['eksd-rebuild verify v1-30-eks-5 --report rep', 'report.json'],
];

test('bash', (context) => {
  const script = `source <(eksd-rebuild completion bash)
for line in ${lines.map(([line]) => `'${line}'`).join(' ')}; do
  COMP_WORDS=($line) COMP_CWORD=$(( $(wc -w <<<"$line") - 1 ))
  _eksd_rebuild eksd-rebuild "\${COMP_WORDS[COMP_CWORD]}"
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -o default -f -- "\${COMP_WORDS[COMP_CWORD]}"))
  printf '%s\\n' "\${COMPREPLY[0]}"
done`;
  const found = run(context, 'bash', '--norc', '-c', script);
  assert.equal(
    found,
    lines.map(([, first]) => first),
  );
});

test('zsh', (context) => {
  const script = `compdef() { print -r -- "compdef $*" }
_describe() { print -r -- "\${\${(P)@[-1]}[1]}" }
_files() { print -r -- files }
source <(eksd-rebuild completion zsh)
for line in ${lines.map(([line]) => `'${line}'`).join(' ')}; do
  words=(\${=line})
  CURRENT=$#words
  _eksd_rebuild
done`;
  const [registered, ...found] = run(context, 'zsh', '-f', '-c', script);
  assert.is(registered, 'compdef _eksd_rebuild eksd-rebuild');
  assert.equal(
    found.map((each) => each.split(':')[0]),
    lines.map(([, first]) => (first === 'report.json' ? 'files' : first)),
  );
  assert.match(found[0] ?? '', 'verify:rebuilds, and compares');
});

test('fish', (context) => {
  const tries = lines.map(([line]) => `complete -C '${line}' | head -n 1`).join('\n');
  const found = run(context, 'fish', '--no-config', '-c', `eksd-rebuild completion fish | source\n${tries}`);
  assert.equal(
    found.map((each) => each.split('\t')[0]),
    lines.map(([, first]) => first),
  );
});

test.run();
