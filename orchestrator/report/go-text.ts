import { countOf } from '../core/numbers.ts';
import type { GoReport } from './run-report.ts';

/** A project's Go in few characters: `1.21.10`, `1.18.10-5 eks-go`, `1.16.15 al2-rpm`; `-` where nobody knows. */
export function goText(go: GoReport | undefined): string {
  if (go === undefined) return '-';
  return go.flavour === 'official' ? go.version : `${nameOf(go)} ${go.flavour}`;
}

function nameOf({ version, build }: GoReport): string {
  return build?.release === undefined ? version : `${version}-${build.release}`;
}

/**
 * What is to be known of Gos that are not the official ones, a sentence for each with the projects that it built: what its
 * patches fix, as far as they are compiled into programs.
 */
export function goNotes(
  projects: readonly {
    readonly name: string;
    readonly go?: GoReport | undefined;
    readonly hasRecipe: boolean;
  }[],
): readonly string[] {
  const users = new Map<string, string[]>();
  for (const { name, go, hasRecipe } of projects) {
    const note = go === undefined || !hasRecipe ? undefined : noteOf(go);
    if (note !== undefined) users.set(note, [...(users.get(note) ?? []), name]);
  }
  return [...users].map(([note, names]) => `${names.join(', ')}: ${note}`);
}

function noteOf(go: GoReport): string | undefined {
  if (go.flavour === 'official') return undefined;
  const { build } = go;
  if (go.flavour === 'al2-rpm') {
    const known = build === undefined ? '' : ', as far as they are known';
    return `Built with Go ${go.version} of Amazon Linux 2, which has patches of its own${known}.`;
  }
  if (build === undefined) {
    return `EKS Go ${go.version}, whose patches are not known: the official one stands for it.`;
  }
  const at = `EKS Go ${nameOf(go)} (commit ${build.commit.slice(0, 12)})`;
  const counting = build.patches.filter((patch) => patch.changes !== undefined);
  // It compiles as the official one does.
  if (counting.length === 0) return undefined;
  const fixes = [...new Set(counting.flatMap((patch) => patch.fixes ?? []))].sort();
  const fixed = fixes.length === 0 ? '' : `, for ${fixes.join(', ')}`;
  return `${at} has ${countOf(counting.length, 'patch that is', 'patches that are')} compiled in${fixed}.`;
}
