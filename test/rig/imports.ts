import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** One import of a source file: static, a re-export, of types, or `import()` while it runs. */
export interface Import {
  /** From the root of the repository: `orchestrator/plan/plan.ts`. */
  readonly file: string;
  /** What it names: a file from the root of the repository, `node:fs`, a package's name; undefined where only a run knows. */
  readonly target: string | undefined;
  /** Only types are taken, so that nothing is loaded. */
  readonly isType: boolean;
}

/** All files of a kind below a folder, from the root of the repository; source files where none is named. */
export function filesBelow(folder: string, ending: string | RegExp = /\.tsx?$/): readonly string[] {
  const isOf = (name: string) => (typeof ending === 'string' ? name.endsWith(ending) : ending.test(name));
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && isOf(entry.name))
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length));
}

/** A file of the repository. */
export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8');
}

const statement = /^(?:import|export)\s+(type\s+)?([\w*{}\s,$]*?)(?:\s*from\s*)?(["'])([^"'\n]+)\3/gm;
const call = /(typeof\s+)?\b(?:import|require)\(\s*(?:(["'`])([^"'`\n]+)\2|([^)]*))/g;
const onlyTypes = /^\{(\s*type\s+\w+(\s+as\s+\w+)?\s*,?)+\s*\}$/;

/** What a source text imports, wherever in it that stands. */
export function importsOf(file: string, text: string): readonly Import[] {
  const code = text.replace(/^\s*(\/\/|\/?\*).*$/gm, '');
  const statements = [...code.matchAll(statement)].map(([, type, names = '', , specifier = '']) => {
    return {
      file,
      target: targetOf(file, specifier),
      isType: type !== undefined || onlyTypes.test(names.trim()),
    };
  });
  const calls = [...code.matchAll(call)].map(([, type, , specifier]) => {
    const isKnown = specifier !== undefined && !specifier.includes('${');
    return { file, target: isKnown ? targetOf(file, specifier) : undefined, isType: type !== undefined };
  });
  return [...statements, ...calls];
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return normalize(join(dirname(file), specifier));
  if (specifier.startsWith('node:')) return specifier;
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}
