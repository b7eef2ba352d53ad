import { rmSync } from 'node:fs';
import { build } from 'esbuild';

const [folder = 'dist'] = process.argv.slice(2);

/** Left to be found beside the program: what is large and seldom needed, or has files of its own that it looks for. */
const external = ['@aws-sdk/*', 'node-sqlite3-wasm'];

rmSync(folder, { recursive: true, force: true });
await build({
  // `Host.packageFolder` is the folder above that of cli.js.
  entryPoints: { cli: 'orchestrator/cli.ts' },
  outdir: folder,
  bundle: true,
  // Each command loads what it needs: an `import()` is a file of its own.
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
});
