import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build, type Plugin } from 'esbuild';

/** Names the folder of a run that this one is part of, where all its tests are compiled. */
export const compiledVariable = 'EKSD_TEST_COMPILED';

/** What a test says of where it is: its source is meant, wherever it is compiled to. */
const placed: Plugin = {
  name: 'placed',
  setup({ onLoad, onResolve }) {
    // It imports JSON as bundlers let it, and node does not.
    onResolve({ filter: /^@actions\/workflow-parser/ }, ({ path }) => ({
      path: fileURLToPath(import.meta.resolve(path)),
    }));
    onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const places = { url: pathToFileURL(path).href, filename: path, dirname: dirname(path) };
      const contents = readFileSync(path, 'utf8').replace(
        /\bimport\.meta\.(url|filename|dirname)\b/g,
        (_, which: keyof typeof places) => JSON.stringify(places[which]),
      );
      return { contents, loader: 'ts' };
    });
  },
};

/**
 * Compiles files of tests, each to one of the same name that ends in `.test.mjs`: to load sources one by one is half of what unit tests
 * take. @param root of the repository. @param files below `test`. @param folder below `root`, for its packages.
 */
export async function compileTests(root: string, files: readonly string[], folder: string): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: files.map((file) => `test/${file.split(sep).join('/')}`),
    outbase: 'test',
    outdir: relative(root, folder),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Each module once in a process, whoever imports it.
    splitting: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    sourcemap: 'inline',
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [placed],
  });
}

/** Whether all these files are compiled in a folder. */
export function areCompiled(files: readonly string[], folder: string): boolean {
  return files.every((file) => existsSync(join(folder, file.replace(/\.ts$/, '.mjs'))));
}
