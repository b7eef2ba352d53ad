import { visible } from '../../core/visible.ts';
import { exitCodeOfFindings, type Finding, totalsByKind } from '../../publish/check/finding.ts';
import type { ReleaseManifest } from '../../publish/manifest/release.ts';
import { renderTable } from '../../report/table.ts';

/** What was found of one release. */
export interface CheckedRelease {
  readonly manifest: ReleaseManifest;
  /** The manifest, as complaints call it. */
  readonly file: string;
  /** Whose lock said what its programs are; undefined where none was at hand. */
  readonly lock: string | undefined;
  readonly findings: readonly Finding[];
}

/** All that is not as it should be, then what could not be compared, then how much was: in lines to be read. */
export function describeChecks(releases: readonly CheckedRelease[]): string {
  return releases.map(describeRelease).join('\n');
}

/** What is told of one by one; of the rest, how many and why. */
const grave: ReadonlySet<Finding['verdict']> = new Set(['different', 'infra-failed']);

function describeRelease({ manifest, file, lock, findings }: CheckedRelease): string {
  const wrong = findings.filter(({ verdict }) => grave.has(verdict));
  const cells = [...totalsByKind(findings)].map(([kind, { identical, comparable, all }]) =>
    [kind, identical, comparable, all].map((text) => ({ text: String(text) })),
  );
  const heads = ['', 'identical', 'comparable', 'all'].map((text) => ({ text }));
  const lines = [
    `${manifest.name} (${file})`,
    ...wrong.flatMap((finding) => describeFinding(finding)),
    ...(wrong.length === 0 ? [] : ['']),
    ...renderTable(['left', 'right', 'right', 'right'], [heads, ...cells]),
    ...describeUnsaid(findings),
    ...(lock === undefined ? [] : [`What programs should be is what the lock of ${lock} says.`]),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

function describeFinding({ verdict, name, why, where, expected, found }: Finding): readonly string[] {
  const place = where === undefined ? '' : ` (${where})`;
  const hashes = [
    ...(expected === undefined ? [] : [`    expected ${expected}`]),
    ...(found === undefined ? [] : [`    found    ${found}`]),
  ];
  return [`${verdict}: ${name}${place}`, `    ${why}`, ...hashes];
}

/** What nothing speaks of, by reason: a reason has many files as a rule. */
function describeUnsaid(findings: readonly Finding[]): readonly string[] {
  const reasons = new Map<string, Finding[]>();
  for (const finding of findings) {
    const { kind, why, verdict, comparable } = finding;
    if (comparable || grave.has(verdict)) continue;
    const key = [kind, verdict, why].join('\0');
    reasons.set(key, [...(reasons.get(key) ?? []), finding]);
  }
  return [...reasons.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const which = others.length === 0 ? first.name : `${others.length + 1} ${first.kind}`;
    return [`${first.verdict}: ${which}: ${first.why}`];
  });
}

/** The same for programs. `code` is what the command would end with for that release alone. */
export function jsonOfChecks(place: string, releases: readonly CheckedRelease[]): string {
  const all = releases.map(({ manifest, file, lock, findings }) => ({
    release: manifest.name,
    manifest: file,
    lock: lock ?? null,
    code: exitCodeOfFindings(findings),
    totals: Object.fromEntries(totalsByKind(findings)),
    findings: findings.map(({ failure, ...finding }) => ({
      ...finding,
      ...(failure === undefined ? {} : { reason: failure.reason }),
    })),
  }));
  return `${JSON.stringify({ schema: 1, place, releases: all }, null, 2)}\n`;
}
