/** A text in a cell or a sentence of Markdown: what is no markup there is shown as it is; between backticks it is anyway. */
export function escaped(text: string): string {
  return text
    .replaceAll('|', '\\|')
    .replace(/`[^`]*`|[<*]/g, (part) => (part.startsWith('`') ? part : `\\${part}`));
}
