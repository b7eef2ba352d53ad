import { distance } from 'fastest-levenshtein';

/** The names nearest to one that does not exist: at most five, and none that has little in common with it. */
export function nearestNames(name: string, names: Iterable<string>): readonly string[] {
  const wanted = name.toLowerCase();
  return [...new Set(names)]
    .map((each) => ({
      each,
      far: each.toLowerCase().includes(wanted) ? 0 : distance(wanted, each.toLowerCase()),
    }))
    .filter(({ each, far }) => far <= Math.max(2, Math.floor(each.length / 3)))
    .sort((a, b) => a.far - b.far || (a.each < b.each ? -1 : 1))
    .slice(0, 5)
    .map(({ each }) => each);
}
