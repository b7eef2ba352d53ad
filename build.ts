import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';

const [folder = 'dist'] = process.argv.slice(2);

/** Left to be found beside the program: what is large and seldom needed, or has files of its own that it looks for. */
const external = ['@aws-sdk/*', 'node-sqlite3-wasm'];

rmSync(folder, { recursive: true, force: true });
const { metafile } = await build({
  // `Host.packageFolder` is the folder above that of cli.js.
  entryPoints: { cli: 'orchestrator/cli.ts' },
  outdir: folder,
  bundle: true,
  // Each command loads what it needs: an `import()` is a file of its own. `Host.build` counts on the digests in their names.
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  external,
  // CommonJS packages ask for node's modules by `require`, which a module does not have.
  banner: {
    js: "import { createRequire as createRequireHere } from 'node:module';\nconst require = createRequireHere(import.meta.url);",
  },
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  metafile: true,
});
writeFileSync(join(folder, 'LICENSES.txt'), licensesOf(Object.keys(metafile.inputs)));

const commit = commitOfAll();
if (commit !== undefined) writeFileSync(join(folder, 'COMMIT'), `${commit}\n`);

/** The commit that this is built from; undefined where a file is not as it has it, or where this is no repository of its own. */
function commitOfAll(): string | undefined {
  const git = (...args: readonly string[]) => {
    const ran = spawnSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    return ran.status === 0 ? ran.stdout.trim() : undefined;
  };
  const isOwn = existsSync('.git') && git('rev-parse', '--show-prefix') === '';
  return isOwn && git('status', '--porcelain') === '' ? git('rev-parse', '--short=12', 'HEAD') : undefined;
}

/** The licences of packages that are bundled, which ask to go where their code goes. */
function licensesOf(inputs: readonly string[]): string {
  const packages = inputs.flatMap((path) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []);
  const texts = [...new Set(packages)].sort().map((place) => {
    const { name, version, license } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
    const file = readdirSync(place).find((each) => /^licen[cs]e/i.test(each));
    if (file === undefined && license === undefined) throw new Error(`${place} does not say its licence`);
    const text = file === undefined ? '' : `\n${readFileSync(join(place, file), 'utf8').trim()}\n`;
    return `${name} ${version}: ${license}\n${text}`;
  });
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}
