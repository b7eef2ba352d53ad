/** `1 file`, `2 files`; `1 patch`, `2 patches`. */
export function countOf(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}
