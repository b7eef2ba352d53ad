/** A command of a line, as words: without the comment behind it, and without where its output goes. */
export interface ShellCommand {
  readonly words: readonly string[];
  /** The line as it is typed, what goes on in another joined. */
  readonly line: string;
}

/** The lines of a script: continued ones joined, comments and empty ones gone. */
export function linesOf(script: string): readonly string[] {
  return script
    .replace(/\\\n\s*/g, '')
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*$/, '').trim())
    .filter((line) => line !== '');
}

/** The commands of a line: those of a pipe, and those whose output another one takes, by themselves. */
export function commandsOf(line: string): readonly ShellCommand[] {
  const inner = /"\$\(([^)]*)\)"/.exec(line)?.[1];
  if (inner !== undefined) return commandsOf(inner);
  const words = [...line.matchAll(/(?:'[^']*'|"[^"]*"|[^\s'"|])+|\|/g)].map(([word]) => word);
  const commands: string[][] = [[]];
  for (const word of words) {
    if (word === '|') commands.push([]);
    else commands.at(-1)?.push(word);
  }
  return commands.map((each) => {
    const end = each.findIndex((word) => word.startsWith('>'));
    const own = end < 0 ? each : each.slice(0, end);
    return { line, words: own.map((word) => word.replace(/^(['"])(.*)\1$/, '$2')) };
  });
}

/** The words behind the program's name; undefined where it is another program. */
export function ownWords({ words }: ShellCommand): readonly string[] | undefined {
  if (words[0] === 'eksd-rebuild') return words.slice(1);
  return words[0] === 'node' && words[1] === 'dist/cli.js' ? words.slice(2) : undefined;
}
