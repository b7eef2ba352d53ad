/** How deep lists and objects may lie in one another: what reads them calls itself. */
const deepest = 200;

/** A text as a JSON object or list. Undefined where it is anything else, or one within the other more often than anything needs. */
export function parseJson(text: string): object | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  return typeof value === 'object' && value !== null && !isTooDeep(value) ? value : undefined;
}

function isTooDeep(value: object): boolean {
  let level: readonly object[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth === deepest) return true;
    level = level.flatMap((each) =>
      Object.values(each).filter((member) => typeof member === 'object' && member !== null),
    );
  }
  return false;
}
