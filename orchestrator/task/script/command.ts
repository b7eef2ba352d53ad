import { delimiter, join } from 'node:path';
import { replacePlaceholders } from '../../config/project/placeholders.ts';
import { shellQuote } from '../../core/shell-quote.ts';
import type { ScriptBuildNode } from '../../plan/node-script.ts';
import type { Command } from '../../tool/process/process.ts';
import { copyCommands, copyIn, type Folders } from '../go/command.ts';
import type { FillPlaceholder } from '../source/facts.ts';
import { gorootOf } from '../toolchain/toolchain.ts';

/** Starts a script of the folder that it is in: scripts leave files as a umask of 022 has them. */
const start = 'umask 022; exec "$@"';

/** What the first lines of scripts name by its path, whatever PATH says. */
const firstLines = ['/bin/sh', '/usr/bin/env'];

/** What lays a checkout out for scripts: it is done before they run, by none of their tools. */
const systemPath = '/usr/bin:/bin';

/** What lies in the scratch folder beside the checkout's copy. */
export function scriptFolders({ scratch }: Pick<Folders, 'scratch'>) {
  return {
    /** Links to the tools, and nothing else. */
    tools: join(scratch, 'tools'),
    home: join(scratch, 'home'),
    temporary: join(scratch, 'tmp'),
    mount: join(scratch, 'mount'),
    stamp: join(scratch, 'version'),
  };
}

/**
 * The commands of a script-build, in order: those that copy the checkout, and its own. Pure: the folders may be names.
 * @param git the environment of a git that works locally, for what runs it.
 */
export function scriptCommands(
  node: ScriptBuildNode,
  folders: Folders,
  fill: FillPlaceholder,
  git: Readonly<Record<string, string>>,
): readonly Command[] {
  const copy = copyIn(folders);
  const cwd = node.at ?? copy;
  const own = scriptFolders(folders);
  const fillAll = (text: string) => fillText(text, fill, cwd);
  const filled = (values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([name, text]) => [name, fillAll(text)]));
  const env = {
    ...git,
    ...filled(node.environment),
    ...(node.stamp === undefined ? {} : stampVariables(node.stamp, own.stamp, filled)),
    GOCACHE: join(folders.scratch, 'go-build'),
    GOENV: 'off',
    GOMODCACHE: join(folders.scratch, 'gopath', 'pkg', 'mod'),
    GOPROXY: 'off',
    GOSUMDB: 'off',
    GOTOOLCHAIN: 'local',
    HOME: own.home,
    PATH: [join(gorootOf(folders.tree(node.toolchain)), 'bin'), own.tools].join(delimiter),
    TMPDIR: own.temporary,
  };
  const mounted = node.at === undefined ? {} : { mounted: { folder: copy, at: node.at, scratch: own.mount } };
  const sees = { calls: [...firstLines, ...node.tools.map(({ name }) => join(own.tools, name))] };
  return [
    ...copyCommands(node.source, folders, systemPath),
    ...node.commands.map((words): Command => {
      const args = ['-c', start, 'sh', ...words.map(fillAll)];
      return { program: '/bin/sh', args, cwd, env, network: 'none', sees, ...mounted };
    }),
  ];
}

/** The text of the file with the version, where a node has one: a shell's assignments. */
export function stampText({ stamp }: ScriptBuildNode, fill: FillPlaceholder): string | undefined {
  if (stamp?.file === undefined) return undefined;
  const lines = Object.entries(stamp.values).map(([name, text]) => {
    return `${name}=${shellQuote(replacePlaceholders(text, fill))}\n`;
  });
  return lines.join('');
}

function stampVariables(
  { file, values }: NonNullable<ScriptBuildNode['stamp']>,
  path: string,
  filled: (values: Readonly<Record<string, string>>) => Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  return file === undefined ? filled(values) : { [file]: path };
}

function fillText(text: string, fill: FillPlaceholder, checkout: string): string {
  return replacePlaceholders(text, (found) => (found.text === '{checkout}' ? checkout : fill(found)));
}
