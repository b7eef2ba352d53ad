import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import { programOf } from '../../orchestrator/main.ts';
import { escaped } from './escaped.ts';

/** A command of the program, and what its help ends with. */
export interface Described {
  /** `cache gc`; of the program itself, empty. */
  readonly name: string;
  readonly command: CommandUnknownOpts;
  /** Lines as they are typed, with what goes on in another line joined. */
  readonly examples: readonly string[];
}

/** Every command that help shows, in its order, those below others after them. */
export function describedCommands(): readonly Described[] {
  const walk = (command: CommandUnknownOpts, path: readonly string[]): readonly Described[] => [
    { name: path.join(' '), command, examples: examplesOf(command) },
    ...command
      .createHelp()
      .visibleCommands(command)
      .flatMap((each) => walk(each, [...path, each.name()])),
  ];
  return walk(newProgram(), []);
}

/** All words, and nothing that is done. */
export function newProgram(run: Parameters<typeof programOf>[2] = () => {}) {
  return programOf('', { writeOut: () => {}, writeErr: () => {} }, run);
}

function examplesOf(command: CommandUnknownOpts): readonly string[] {
  let text = '';
  const write = (more: string) => {
    text += more;
  };
  command.configureOutput({ writeOut: write, getOutHelpWidth: () => 10_000 });
  command.outputHelp();
  const [, lines = ''] = /\nExamples?:\n((?: {2}.*\n)+)/.exec(text) ?? [];
  return lines.split('\n').flatMap((line) => line.trim() || []);
}

/** docs/reference/commands.md. @throws for a command without an example. */
export function commandsPage(): string {
  const [program, ...commands] = describedCommands();
  const globals = program?.command.options.map(rowOf) ?? [];
  const sections = commands.map(({ name, command, examples }) => {
    const hasCommands = command.commands.length > 0;
    if (examples.length === 0 && !hasCommands) throw new Error(`${name} has no example`);
    const help = command.createHelp();
    const rows = [
      ...command.registeredArguments.map((each) => row(help.argumentTerm(each), each.description)),
      ...command.options.filter(({ hidden }) => !hidden).map(rowOf),
    ];
    return [
      `## ${name}\n\n${sentence(command.description())}\n`,
      rows.length === 0 && hasCommands
        ? ''
        : `\n\`\`\`text\neksd-rebuild ${name} ${command.usage()}\n\`\`\`\n`,
      examples.length === 0 ? '' : `\n\`\`\`sh\n${examples.join('\n')}\n\`\`\`\n`,
      rows.length === 0 ? '' : `\n| word | meaning |\n| --- | --- |\n${rows.join('')}`,
    ].join('');
  });
  return `# Commands

\`eksd-rebuild help COMMAND\` says the same. [What all of them have in common](running.md): how releases and parts of them are named, progress, reports,
exit codes. These options go before the command's name or after it:

| word | meaning |
| --- | --- |
${globals.join('')}
${sections.join('\n')}`;
}

function rowOf(option: CommandUnknownOpts['options'][number]): string {
  const choices = option.argChoices?.map((each) => `\`${each}\``).join(', ');
  const isTold = typeof option.defaultValue === 'string';
  const more = [choices, isTold ? `default: \`${option.defaultValue}\`` : undefined].filter(Boolean);
  const text = `${option.description}${more.length === 0 ? '' : ` (${more.join('; ')})`}`;
  return row(option.flags, option.mandatory ? `${text}; required` : text);
}

function row(term: string, text: string): string {
  return `| \`${term}\` | ${escaped(text)} |\n`;
}

function sentence(text: string): string {
  return escaped(`${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.:]$/.test(text) ? '' : '.'}`);
}
