/** What stands in the names of a release's files, and in what a manifest says of them, for what each release makes of it. */
export type FileVariable =
  | 'tag'
  | 'branch'
  | 'os'
  | 'arch'
  /** A program's file, with `.exe` for windows; an image's name, without folders. */
  | 'file';

/** Of a text; what is between the braces is its first group. */
export const fileVariable = /\{([^{}]*)\}/g;

/** A text with values in the place of its variables; one without a value stays. */
export function fillVariables(
  text: string,
  values: { readonly [Name in FileVariable]?: string | undefined },
): string {
  return text.replace(fileVariable, (whole, name: FileVariable) => values[name] ?? whole);
}
