/**
 * The patches that rpmbuild applies by a spec file, by their files' names, in the order of application: those that
 * `%autosetup` and `%autopatch` take, which is all that are declared, in that order; and those that a line `%patch` names. What only lies
 * among an RPM's sources, or is behind a `#`, is no part of what comes out. Source: rpm's own manual, `doc/manual/spec.md`. Conditions
 * and ranges of `%autopatch` are not looked at.
 */
export function patchesBySpec(spec: string): readonly string[] {
  const declared = new Map<number, string>();
  for (const [, number = '', name = ''] of spec.matchAll(/^patch([0-9]*):[ \t]*(\S+)/gim)) {
    const last = [...declared.keys()].at(-1) ?? -1;
    declared.set(number === '' ? last + 1 : Number(number), name.split('/').at(-1) ?? '');
  }
  return [...spec.matchAll(/^%(auto(?:setup|patch)|patch)([0-9]*)(?![\w])(.*)$/gm)].flatMap(
    ([, macro, number = '', words = '']) => {
      if (macro === 'autosetup' && /(?:^|\s)-N\b/.test(words)) return [];
      if (macro !== 'patch') return [...declared.values()];
      const named = [...words.matchAll(/(?:^|\s)(?:-P[ \t]*)?([0-9]+)(?!\S)/g)].map(([, each]) => each);
      const numbers = number !== '' ? [number] : named.length > 0 ? named : ['0'];
      return numbers.flatMap((each) => declared.get(Number(each)) ?? []);
    },
  );
}
