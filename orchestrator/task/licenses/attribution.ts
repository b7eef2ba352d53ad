import { byCodeUnit } from '../../core/canonical-json.ts';
import type { CollectedModule } from './collect.ts';
import type { LicenseEntry } from './entry.ts';
import { type Obligation, obligationOf } from './text.ts';

const rule = '-'.repeat(80);

/**
 * ATTRIBUTION.txt: a block for each entry, headed as upstream heads them, then every text once. The same entries give the same
 * text, whatever the day and the machine.
 */
export function renderAttribution(entries: readonly LicenseEntry[]): string {
  const numbers = new Map<string, number>();
  const uses = new Map<string, string[]>();
  for (const { path, text } of entries.flatMap((entry) => entry.texts)) {
    const normal = normalText(text);
    if (!numbers.has(normal)) numbers.set(normal, numbers.size + 1);
    const paths = uses.get(normal) ?? [];
    uses.set(normal, paths);
    if (!paths.includes(path)) paths.push(path);
  }
  const blocks = entries.map((entry) => renderEntry(entry, numbers));
  const texts = [...numbers].map(([text, number]) => {
    const paths = (uses.get(text) ?? []).map((path) => `LICENSES/${path}`);
    return [rule, `Text ${number}, of`, ...paths.sort(byCodeUnit), rule, '', text].join('\n');
  });
  return `${[...blocks, ...texts].join('\n\n')}\n`;
}

function renderEntry(entry: LicenseEntry, numbers: ReadonlyMap<string, number>): string {
  const { module } = entry;
  const lines = [`** ${entry.name}; version ${module.version} --`, urlOf(module)];
  if (module.replacement !== undefined) lines.push(`In its place: ${module.replacement}`);
  lines.push(`License: ${licenseOf(entry)}`);
  if (entry.sources.length > 0)
    lines.push('Of these source files only:', ...entry.sources.map((name) => `  ${name}`));
  for (const id of entry.ids) {
    const word = obligationWord(id, module);
    if (word !== undefined) lines.push(word);
  }
  lines.push(...entry.copyrights);
  const shown = entry.texts.map(({ text }) => numbers.get(normalText(text)) ?? 0);
  const unique = [...new Set(shown)].sort((a, b) => a - b);
  if (unique.length > 0) lines.push(`${unique.length === 1 ? 'Text' : 'Texts'} ${unique.join(', ')} below.`);
  return lines.join('\n');
}

function licenseOf({ ids, trouble }: LicenseEntry): string {
  if (trouble === 'none') {
    return 'NONE FOUND. It came without a licence file: find out under which terms it may be handed on.';
  }
  const expression = ids.join(' AND ');
  if (trouble === undefined) return expression;
  return ids.length === 0
    ? 'NOT RECOGNISED. Read the text.'
    : `${expression}, recognised only in part. Read the text.`;
}

function obligationWord(id: string, module: CollectedModule): string | undefined {
  const obligation = obligationOf(id);
  if (obligation === undefined) return undefined;
  const asked: Readonly<Record<Obligation, string>> = {
    weak: `${id} asks that its source be offered: ${sourceOf(module)}.`,
    strong: `${id} COVERS WHAT IT IS LINKED INTO. Its source: ${sourceOf(module)}.`,
    limited: `${id} DOES NOT ALLOW EVERY USE. Read the text.`,
  };
  return asked[obligation];
}

/** Where a module's source is had from, for whoever asks for it. */
function sourceOf(module: CollectedModule): string {
  const [path, version] = [module.replacement ?? module.path, module.version];
  return module.origin === 'other'
    ? `Go module ${path}, version ${version} (go mod download ${path}@${version})`
    : `${module.path}, version ${version}, with the patches of this release`;
}

/** Hosts whose repositories are the first three parts of a module's path. */
const repositoryHosts = new Set(['bitbucket.org', 'github.com', 'gitlab.com']);

function urlOf(module: CollectedModule): string {
  if (module.origin === 'go') return 'https://go.dev/';
  const path = module.replacement ?? module.path;
  const parts = path.split('/');
  if (repositoryHosts.has(parts[0] ?? '')) return `https://${parts.slice(0, 3).join('/')}`;
  return `https://pkg.go.dev/${module.origin === 'own' ? path : `${path}@${module.version}`}`;
}

/** A text as it is shown and compared: without spaces at the ends of lines, and empty lines at its own ends. */
function normalText(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}

/** What whoever reads the verdicts should know: a sentence for each kind of trouble. */
export function attributionNotes(entries: readonly LicenseEntry[]): readonly string[] {
  const names = (isMeant: (entry: LicenseEntry) => boolean) =>
    entries.filter(isMeant).map((entry) => `${entry.name} ${entry.module.version}`);
  const hasAny = (obligation: Obligation) => (entry: LicenseEntry) =>
    entry.ids.some((id) => obligationOf(id) === obligation);
  const sentences: readonly (readonly [string, readonly string[]])[] = [
    ['Linked without a licence file', names((entry) => entry.trouble === 'none')],
    ['Linked under a licence that was not recognised', names((entry) => entry.trouble === 'unknown')],
    ['Linked under a licence that covers the whole program', names(hasAny('strong'))],
    ['Linked under a licence that does not allow every use', names(hasAny('limited'))],
    ['Linked under a licence that asks to offer the source', names(hasAny('weak'))],
  ];
  return sentences.flatMap(([what, which]) => {
    const unique = [...new Set(which)];
    return unique.length === 0 ? [] : [`${what} (see ATTRIBUTION.txt): ${unique.join(', ')}.`];
  });
}
