import { shellQuote } from '../../core/shell-quote.ts';
import type { NodeJson, RecordedBuild } from '../recorded-build.ts';
import { checkSums, fetchPatches, patchName } from './fetch-patches.ts';
import { comment } from './shell-text.ts';

/**
 * The part of a script that sets `goroot` to the Go that compiles: the official one, with patches where the recorded run
 * applied some, or one that its reader must have where no public place serves it.
 * @param fallback the version, where the record of the toolchain does not name it.
 */
export function toolchainLines(
  { toolchain, official }: RecordedBuild,
  fallback: string | undefined,
): readonly string[] {
  const { source, version } = inputsOf(official ?? toolchain);
  if (source !== undefined && source !== 'module-proxy') return unavailable(toolchain);
  const name = `go${typeof version === 'string' ? version : fallback}`;
  return [
    '# Go itself, from the module proxy, checked against the checksum database',
    `goroot=$(cd "$work" && GOTOOLCHAIN=${shellQuote(name)} go env GOROOT)`,
    ...(official === undefined ? [] : patching(toolchain)),
  ];
}

function inputsOf(node: NodeJson): { readonly source?: unknown; readonly version?: unknown } {
  return node.inputs ?? {};
}

function unavailable({ title }: NodeJson): readonly string[] {
  return [
    comment(`Go: ${title}, from where the module proxy is not. Set PINNED_GOROOT to a folder that holds it.`),
    `goroot=\${PINNED_GOROOT:?must name the GOROOT of ${title.replace(/[^\w .:/-]/g, ' ')}}`,
  ];
}

/** As `task/toolchain/patch-goroot.ts` does: on a copy, without what was compiled of the source before it was patched. */
function patching({ patches = [], commands }: NodeJson): readonly string[] {
  const named = patches.map((patch, index) => ({ ...patch, name: patchName(index) }));
  const applied = commands.flatMap(({ argv }) => {
    const at = argv.indexOf('apply');
    const number = /(\d{4})-[^/]*$/.exec(argv.at(-1) ?? '')?.[1];
    if (argv[0] !== 'git' || at < 0 || number === undefined) return [];
    const words = argv.slice(at, -1).map(shellQuote).join(' ');
    return [`plain git --git-dir="$work"/none.git --work-tree=. ${words} "$work"/go-patches/${number}.patch`];
  });
  return [
    '# Its patches: EKS Distro built its own Go',
    'mkdir "$work"/go-patches',
    ...fetchPatches(named, 'build-tooling', 'go-patches'),
    ...checkSums('go-patches', named),
    'cp -a "$goroot" "$work"/go',
    'goroot=$work/go',
    'chmod -R u+w "$goroot"',
    'rm -rf "$goroot"/pkg/*_*',
    'plain git init --quiet --bare "$work"/none.git',
    'cd "$goroot"',
    ...applied,
  ];
}
