import { z } from 'zod';
import { whyUnsafePath } from '../../core/relative-path.ts';
import { path } from '../fields.ts';
import { absolutePath } from './build-layout.ts';
import { leavesTheBuild, whyOutwardWord, whyReservedVariable } from './environment.ts';
import { scriptPlaceholders } from './placeholders.ts';
import { template, templateWith } from './template.ts';

type Name = keyof typeof scriptPlaceholders;

/** A text with placeholders of the source, and these. A version is the stamp's: what Kubernetes' says is filled in only there. */
function textWith(...names: readonly Name[]): z.ZodString {
  const more = Object.fromEntries(names.map((name) => [name, scriptPlaceholders[name]]));
  return templateWith(more).superRefine((text, context) => {
    if (!text.includes('{kubernetes.')) return;
    context.addIssue({
      code: 'custom',
      message: 'what Kubernetes says of its version belongs into the stamp',
    });
  });
}

const variable = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of a variable');

const tool = z.string().superRefine((name, context) => {
  if (!/^[A-Za-z0-9_[][A-Za-z0-9._+-]*$/.test(name))
    context.addIssue({ code: 'custom', message: 'expected the name of a program' });
  if (leavesTheBuild(name))
    context.addIssue({ code: 'custom', message: `${name} leads out of where a build is kept` });
  if (name === 'go' || name === 'gofmt')
    context.addIssue({ code: 'custom', message: 'go is there: the one that the project is built with' });
});

/** A path below the checkout or the output, with no placeholders but these; what stands for them is no path. */
function pathWith(...names: readonly Name[]): z.ZodString {
  return z.string().superRefine((text, context) => {
    const why = whyUnsafePath(text.replaceAll(/\{[^{}]*\}/g, 'x'));
    if (why !== undefined) context.addIssue({ code: 'custom', message: `the path ${why}` });
    const known = names.map((name) => `{${name}}`);
    for (const [found] of text.matchAll(/\{[^{}]*\}?/g)) {
      if (known.includes(found)) continue;
      const message = `a path has no placeholder ${found}${known.length === 0 ? '' : `; there are ${known.join(', ')}`}`;
      context.addIssue({ code: 'custom', message });
    }
  });
}

/** @param of for each program, or for all platforms at once: which placeholders there are. */
function membersFor(of: { readonly words: readonly Name[]; readonly paths: readonly Name[] }) {
  const place = pathWith(...of.paths);
  const output = z.strictObject({
    /** A file of the checkout after the commands, or a glob (`*` within a name, `**` over folders). */
    from: place,
    /** Its place in what is built; of a glob a folder, below which every file keeps its path in the checkout. */
    to: z.union([place, z.literal('.')]),
  });
  const variables = of.words.filter((name) => name === 'platform' || name === 'checkout');
  return {
    /**
     * Run in order in the checkout, each an argv: its first word is a file of the checkout (with a slash), `go`, or one of
     * `tools`. A word with `{program}` or `{file}` stands there once for each program.
     */
    commands: z.array(z.array(textWith(...of.words)).min(1)).min(1),
    /** All programs of the machine that are on their PATH, by name. Versions count for what comes out, places do not. */
    tools: z.array(tool).default([]),
    /** Beside what every script gets. */
    environment: z.record(variable, textWith(...variables)).default({}),
    /** What is taken of the checkout. One with `{program}` or `{file}` stands for one of each program. */
    outputs: z.array(output).min(1),
  };
}

const ofPrograms = membersFor({
  words: ['platform', 'program', 'file', 'checkout'],
  paths: ['platform', 'program', 'file'],
});
const ofAllPlatforms = membersFor({ words: ['checkout'], paths: [] });

/** How a project's own scripts build it: the same programs as the build beside it, by another way. */
export const buildScripts = z
  .strictObject({
    ...ofPrograms,
    /** Variables that say the version: in the environment, or as a shell's assignments in a file that `file` names. */
    stamp: z.strictObject({ file: variable.optional(), values: z.record(variable, template) }).optional(),
    /** Where upstream had the checkout, where that is in the programs. */
    at: absolutePath.optional(),
  })
  .superRefine(({ stamp, ...scripts }, context) => {
    complain(scripts, context);
    complainOfReserved(stamp?.values ?? {}, ['stamp', 'values'], context);
    complainOfReserved(stamp?.file === undefined ? {} : { [stamp.file]: '' }, ['stamp', 'file'], context);
  });
export type BuildScripts = z.infer<typeof buildScripts>;

/** What a checkout lacks, and commands of its own make in it; it is laid over it before a go command of ours builds it. */
export const generatedFiles = z.strictObject(ofAllPlatforms).superRefine(complain);
export type GeneratedFiles = z.infer<typeof generatedFiles>;

function complain(
  { commands, tools, environment }: Pick<BuildScripts, 'commands' | 'tools' | 'environment'>,
  context: z.RefinementCtx,
): void {
  complainOfReserved(environment, ['environment'], context);
  for (const [index, [first = '']] of commands.entries()) {
    const why = whyNoCommand(first, tools);
    const outward = whyOutwardWord(commands[index] ?? []);
    if (outward !== undefined)
      context.addIssue({ code: 'custom', message: outward.why, path: ['commands', index, outward.index] });
    if (why !== undefined) context.addIssue({ code: 'custom', message: why, path: ['commands', index, 0] });
  }
}

function complainOfReserved(
  values: Readonly<Record<string, string>>,
  path: readonly string[],
  context: z.RefinementCtx,
): void {
  for (const [name, value] of Object.entries(values)) {
    const reserved = whyReservedVariable(name);
    const why =
      reserved === undefined && /\p{Cc}/u.test(value) ? 'its value holds a control character' : reserved;
    if (why === undefined) continue;
    context.addIssue({ code: 'custom', message: `no recipe sets ${name}: ${why}`, path: [...path, name] });
  }
}

function whyNoCommand(first: string, tools: readonly string[]): string | undefined {
  if (!first.includes('/')) {
    const isThere = first === 'go' || tools.includes(first);
    return isThere ? undefined : `${JSON.stringify(first)} is none of the tools`;
  }
  const why = path.safeParse(first.replace(/^\.\//, ''));
  return why.success ? undefined : why.error.issues[0]?.message;
}
