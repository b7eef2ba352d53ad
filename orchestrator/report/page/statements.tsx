import type { JSX } from 'preact';
import { fileLink, Listed } from '../html/parts.tsx';
import type { ReportJson } from '../report-json.ts';

/** What a kind of statement says. */
const words: Readonly<Record<string, string>> = {
  provenance: 'how it was made (provenance)',
  equivalence: 'whether it equals what was published',
  spdx: 'what is in it (SPDX)',
  cyclonedx: 'what is in it (CycloneDX)',
  vex: 'what of known vulnerabilities is so (VEX)',
};

/** Links to what is stated of some bytes, as rows of a list of facts. @param digests SHA-256, with `sha256:` before it or not. */
export function StatementFacts({
  beside,
  digests,
}: Pick<ReportJson, 'beside'> & { readonly digests: readonly (string | undefined)[] }): JSX.Element | null {
  const wanted = new Set(digests.map((each) => each?.replace('sha256:', '')));
  const found = (beside?.statements ?? []).filter(({ subject }) => wanted.has(subject));
  const byPath = new Map(found.map((each) => [each.path, each]));
  if (byPath.size === 0) return null;
  return (
    <>
      <dt>Stated of it</dt>
      <dd>
        <Listed
          items={[...byPath.values()].map(({ path, kind }) => (
            <a href={fileLink(path)}>{words[kind] ?? kind}</a>
          ))}
        />
      </dd>
    </>
  );
}
