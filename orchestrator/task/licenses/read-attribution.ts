/** What ATTRIBUTION.txt says of a module, or of a part of one that has a licence of its own. */
export interface Attributed {
  /** `github.com/a/b`, `github.com/a/b/internal/c`, `golang.org/go` */
  readonly name: string;
  /** Of what stands in its place where something does; `go1.21.9` */
  readonly version: string;
  /** SPDX ids with AND between; undefined where it has none that was recognised. */
  readonly expression: string | undefined;
  /** What is said instead, or besides: `NONE FOUND`, `NOT RECOGNISED`, `recognised only in part`. */
  readonly trouble: string | undefined;
}

/** Reads what `renderAttribution` wrote, down to where the texts of the licences begin. */
export function readAttribution(text: string): readonly Attributed[] {
  const [blocks = ''] = text.split(/^-{80}$/m, 1);
  return blocks.split(/^(?=\*\* )/m).flatMap((block): readonly Attributed[] => {
    const [, name, version] = /^\*\* (.+); version (.+) --$/m.exec(block) ?? [];
    const [, said] = /^License: (.*)$/m.exec(block) ?? [];
    if (name === undefined || version === undefined || said === undefined) return [];
    const [, none] = /^(NONE FOUND|NOT RECOGNISED)\./.exec(said) ?? [];
    if (none !== undefined) return [{ name, version, expression: undefined, trouble: none }];
    const [, ids = said, part] = /^(.*?), (recognised only in part)\./.exec(said) ?? [];
    return [{ name, version, expression: ids, trouble: part }];
  });
}
