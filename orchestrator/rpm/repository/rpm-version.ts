/** A version as rpm orders it. */
export interface Version {
  readonly epoch: number;
  readonly version: string;
  readonly release: string;
}

/** `1:2.3-4`; an epoch of 0 is left out. */
export function renderVersion({ epoch, version, release }: Version): string {
  return `${epoch === 0 ? '' : `${epoch}:`}${version}-${release}`;
}

/** Negative where `a` is the older: by epoch, then version, then release. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.epoch - b.epoch ||
    compareVersionTexts(a.version, b.version) ||
    compareVersionTexts(a.release, b.release)
  );
}

const digits = /[0-9]+/y;
const letters = /[A-Za-z]+/y;
const separators = /[^0-9A-Za-z~^]*/y;

/**
 * Orders two versions, or two releases, as rpm does: runs of digits as numbers, runs of letters as texts, digits above letters,
 * and of what is between them only `~` (below everything, the end included) and `^` (above the end, below all else) counts.
 * -1, 0 or 1. https://rpm-software-management.github.io/rpm/man/rpm-version.7
 */
export function compareVersionTexts(a: string, b: string): -1 | 0 | 1 {
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    i += runAt(separators, a, i).length;
    j += runAt(separators, b, j).length;
    if (a[i] === '~' || b[j] === '~') {
      if (a[i] !== b[j]) return a[i] === '~' ? -1 : 1;
      [i, j] = [i + 1, j + 1];
      continue;
    }
    if (a[i] === '^' || b[j] === '^') {
      if (i >= a.length) return -1;
      if (j >= b.length) return 1;
      if (a[i] !== b[j]) return a[i] === '^' ? -1 : 1;
      [i, j] = [i + 1, j + 1];
      continue;
    }
    if (i >= a.length || j >= b.length) break;
    const number = runAt(digits, a, i);
    const kind = number === '' ? letters : digits;
    const [left, right] = [runAt(kind, a, i), runAt(kind, b, j)];
    if (right === '') return kind === digits ? 1 : -1;
    [i, j] = [i + left.length, j + right.length];
    const order = kind === digits ? compareNumbers(left, right) : compareTexts(left, right);
    if (order !== 0) return order;
  }
  if (i >= a.length && j >= b.length) return 0;
  return i < a.length ? 1 : -1;
}

function runAt(kind: RegExp, text: string, at: number): string {
  kind.lastIndex = at;
  return kind.exec(text)?.[0] ?? '';
}

/** Of any length: versions hold dates and commits. */
function compareNumbers(a: string, b: string): -1 | 0 | 1 {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (left.length !== right.length) return left.length < right.length ? -1 : 1;
  return compareTexts(left, right);
}

function compareTexts(a: string, b: string): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}
