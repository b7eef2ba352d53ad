/**
 * Breaks a text at its blanks into lines of at most `columns`, each of them indented, those after the first by
 * `hanging` more. A word that is longer than a line stays whole: a digest or a path is never cut. Line ends are kept.
 */
export function wrap(text: string, columns: number, indent: number, hanging = 0): readonly string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines: string[] = [];
    let line = ' '.repeat(indent);
    let isEmpty = true;
    for (const word of paragraph.split(' ')) {
      if (!isEmpty && line.length + 1 + word.length > columns) {
        lines.push(line);
        line = ' '.repeat(indent + hanging) + word;
      } else line += isEmpty ? word : ` ${word}`;
      isEmpty = false;
    }
    return [...lines, line.trimEnd()];
  });
}
