/** An instruction of a Dockerfile, its continuation lines joined by spaces. */
export interface Instruction {
  /** In capitals: `COPY`. */
  readonly name: string;
  /** What comes after the name. */
  readonly rest: string;
  /** Where its first and only or last line begins and ends, in UTF-16 code units from the start of the text. */
  readonly offset: number;
  readonly end: number;
}

export interface DockerfileLines {
  /** Comments before the first instruction that tell the builder something: `# syntax=...`. */
  readonly directives: readonly Instruction[];
  readonly instructions: readonly Instruction[];
}

interface Line {
  readonly text: string;
  readonly offset: number;
}

const directive = /^\s*(?:#|\/\/)\s*([A-Za-z]+)\s*=\s*(\S.*)$/;

/** Divides a Dockerfile into instructions as BuildKit does; bodies of here-documents are left out. */
export function readDockerfile(text: string): DockerfileLines {
  const lines = linesOf(text);
  const directives: Instruction[] = [];
  const instructions: Instruction[] = [];
  while (lines.length > 0) {
    const first = lines.shift() as Line;
    if (isBlank(first.text)) {
      const [, name, rest = ''] = directive.exec(first.text) ?? [];
      const known = name === undefined ? [] : [instruction(name, rest, first)];
      if (instructions.length === 0) directives.push(...known);
      continue;
    }
    const [, name = '', rest = ''] = /^\s*(\S+)\s*(.*)$/s.exec(joined(first, lines)) ?? [];
    instructions.push(instruction(name, rest, first));
    for (const word of hereDocuments(name, rest)) {
      while (lines.length > 0 && (lines.shift() as Line).text.trim() !== word);
    }
  }
  return { directives, instructions };
}

function linesOf(text: string): Line[] {
  let offset = 0;
  return text.split('\n').map((line) => {
    const start = offset;
    offset += line.length + 1;
    return { text: line.replace(/\r$/, ''), offset: start };
  });
}

function instruction(name: string, rest: string, { text, offset }: Line): Instruction {
  const indent = text.length - text.trimStart().length;
  return { name: name.toUpperCase(), rest, offset: offset + indent, end: offset + text.trimEnd().length };
}

function isBlank(line: string): boolean {
  return /^\s*(#|\/\/\s*syntax\s*=|$)/i.test(line);
}

const continued = /\\[ \t]*$/;

/** A line with those that continue it; comments and empty lines among them do not count. */
function joined(first: Line, lines: Line[]): string {
  let whole = first.text;
  while (continued.test(whole) && lines.length > 0) {
    const { text } = lines.shift() as Line;
    if (!isBlank(text)) whole = `${whole.replace(continued, '')} ${text.trim()}`;
  }
  return whole.replace(continued, '').trimEnd();
}

/** The words that end the here-documents of an instruction. */
function hereDocuments(name: string, rest: string): readonly string[] {
  if (!/^(run|copy|add)$/i.test(name)) return [];
  return [...rest.matchAll(/<<-?(["']?)([A-Za-z_]\w*)\1/g)].map(([, , word = '']) => word);
}
