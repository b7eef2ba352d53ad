import { shellQuote } from '../../core/shell-quote.ts';
import type { NodeJson, ProjectJson } from '../recorded-build.ts';
import type { ReportJson } from '../report-json.ts';
import { commitRead } from '../source-link.ts';
import { checkSums, fetchPatches, patchName } from './fetch-patches.ts';
import { assignments, beyond } from './shell-text.ts';

/**
 * The part of a script that puts a project's patches onto its checkout, in which it runs, as the recorded git commands
 * did. Empty where there are none.
 * @param base the environment of the script's function `plain`.
 */
export function patchLines(
  { release }: ReportJson,
  { patches, userPatches }: ProjectJson,
  source: NodeJson,
  base: Readonly<Record<string, string>>,
): readonly string[] {
  const all = [...patches, ...userPatches].map(({ path, sha256 }, index) => ({
    path,
    sha256,
    name: patchName(index),
  }));
  if (all.length === 0) return [];
  const { repository } = release;
  const commit = commitRead(release) ?? '';
  const fetched = all.slice(0, patches.length).map((patch) => ({ ...patch, repository, commit }));
  const copied = all
    .slice(patches.length)
    .map(({ path, name }) => `cp "$start"/${shellQuote(path)} "$work"/patches/${name}`);
  return [
    ...(fetched.length === 0 ? [] : ["# Its patches, from upstream's repository"]),
    'mkdir "$work"/patches',
    ...fetchPatches(fetched, 'upstream', 'patches'),
    ...(copied.length === 0 ? [] : ['# Your own: start this script where your folder patches is', ...copied]),
    ...checkSums('patches', all),
    'cd "$work"/source',
    'for patch in "$work"/patches/*; do',
    `  ${applying(source, base)} "$patch"`,
    'done',
    ...headCheck(source),
  ];
}

/** How the recorded run applied them: all alike. */
function applying({ commands }: NodeJson, base: Readonly<Record<string, string>>): string {
  for (const { argv, env } of commands) {
    const at = argv.findIndex((word) => word === 'am' || word === 'apply');
    if (argv[0] !== 'git' || at < 0) continue;
    const more = assignments(beyond(env, base) ?? {}, new Map());
    const words = argv.slice(at, -1).map(shellQuote);
    if (words[0] === 'am') words.splice(1, 0, '--quiet');
    return ['plain', ...(more.length === 0 ? [] : ['env', ...more]), 'git', ...words].join(' ');
  }
  return 'plain git am --quiet';
}

/** The commit that the recorded run came to, where it shows. */
function headCheck({ commands }: NodeJson): readonly string[] {
  const head = commands.find(({ argv }) => argv.includes('read-tree'))?.argv.at(-1) ?? '';
  if (!/^[0-9a-f]{40}$/.test(head)) return [];
  return [
    `test "$(plain git rev-parse HEAD)" = ${head} || {`,
    "  echo 'The patched commit is another one.' >&2",
    '  exit 1',
    '}',
  ];
}
