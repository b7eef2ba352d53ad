import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { ok } from '../../../orchestrator/core/result.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { LicensedBuild, LicensesNode } from '../../../orchestrator/plan/node-image.ts';
import type { LicenseClassifier } from '../../../orchestrator/task/licenses/classifier.ts';
import { gatherLicenses } from '../../../orchestrator/task/licenses/licenses.ts';
import { writeFiles } from '../../rig/world.ts';
import { type FakeContext, fakeContext } from '../task-context.ts';

export const build: LicensedBuild = {
  build: asNodeId('go-build'),
  modules: asNodeId('modules'),
  module: '.',
  goVersion: '1.21.10',
  vendors: false,
  programs: [{ package: './cmd/tool' }],
  flags: ['-trimpath', '-mod=mod'],
  environment: {},
};

export const node: LicensesNode = {
  kind: 'licenses',
  id: asNodeId('licenses org/tool linux/arm64'),
  needs: [],
  title: 'licences',
  projects: ['org/tool'],
  toolchain: asNodeId('toolchain'),
  source: asNodeId('source'),
  platform: 'linux/arm64',
  builds: [build],
};

/** Names licences by the words `terms of <id>` in a text, in comments of source files too. */
const classifier: LicenseClassifier = {
  async identify(texts, sources) {
    const idsIn = (path: string) =>
      [...readFileSync(path, 'latin1').matchAll(/terms of ([A-Za-z0-9.-]+)/g)].map((match) => match[1] ?? '');
    return ok({
      texts: texts.map((path) => ({
        path,
        percent: 100,
        matches: idsIn(path).map((id) => ({ id, size: 1000, isUrl: false })),
      })),
      comments: sources
        .filter((path) => idsIn(path).length > 0)
        .map((path) => ({
          path,
          names: idsIn(path),
          text: readFileSync(path, 'latin1').replaceAll('// ', ''),
        })),
    });
  },
};

/** What a module cache, a checkout's copy and a GOROOT hold, and what the pinned go says of them. */
export interface World {
  /** By path below `modules/`, `goroot/`, `source/` (the first build's copy) or `build-1/` (the second's). */
  readonly files: Readonly<Record<string, string>>;
  /** Lines of `go list`: `$` stands for the folder of these trees. */
  readonly listed: readonly (readonly string[])[];
  /** Lines of `go version -m` below the program's name. */
  readonly programs: Readonly<Record<string, readonly string[]>>;
  readonly builds?: readonly LicensedBuild[];
}

export interface Gathered {
  /** By path. */
  readonly licenses: Readonly<Record<string, string>>;
  readonly attribution: string;
  readonly notes: readonly string[];
  readonly failure: Failure | undefined;
  readonly commands: FakeContext['commands'];
  /** The folder of the trees. */
  readonly folder: string;
}

/** Runs the task in a world. */
export async function gather(world: World): Promise<Gathered> {
  const context: FakeContext = fakeContext(
    (command) => {
      if (command.args[0] === 'list') {
        const copy = command.cwd.includes('build-1') ? 'build-1' : 'build-0';
        const lines = world.listed.map((fields) => fields.join('\t').replaceAll('$', folder));
        return { stdout: `${lines.join('\n').replaceAll('build-0', copy)}\n` };
      }
      const [from = '', to = ''] = command.args.slice(-2);
      if (command.program === 'cp' && from.endsWith('/module/.')) cpSync(from, to, { recursive: true });
      if (command.args[0] !== 'version') return undefined;
      const said = Object.entries(world.programs).flatMap(([name, lines]) => [
        `${folder}/go-build/${name}: go1.21.10`,
        ...lines.map((line) => `\t${line}`),
      ]);
      return { stdout: `${said.join('\n')}\n` };
    },
    {},
    { toolchain: 'toolchain', source: 'source', modules: 'modules', 'go-build': 'go-build' },
  );
  const { folder } = context;
  mkdirSync(join(folder, 'go-build'), { recursive: true });
  writeFiles(folder, {
    'source/facts.json': JSON.stringify({ tag: 'v3.2.1' }),
    'toolchain/go/LICENSE': 'Copyright (c) 2009 The Go Authors.\nterms of BSD-3-Clause\n',
    ...Object.fromEntries(Object.keys(world.programs).map((name) => [`go-build/${name}`, ''])),
    ...world.files,
  });
  const git = { program: '/opt/git/bin/git', env: { GIT_CONFIG_NOSYSTEM: '1' } };
  const tools = { classifier, git, buildCache: '/cache/go-build' };
  const result = await gatherLicenses({ ...node, builds: world.builds ?? node.builds }, context, tools);
  const files = readdirSync(context.output, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(context.output.length + 1))
    .sort();
  const contents = Object.fromEntries(
    files.map((path) => [path, readFileSync(join(context.output, path), 'utf8')]),
  );
  rmSync(folder, { recursive: true });
  const { 'ATTRIBUTION.txt': attribution = '', ...licenses } = contents;
  return {
    ...{ licenses, attribution, folder, commands: context.commands },
    notes: result.ok ? (result.value.notes ?? []) : [],
    failure: result.ok ? undefined : result.error,
  };
}

/** A line of `go list` for a package of the module cache. */
export function cached(
  importPath: string,
  module: string,
  version: string,
  sources = 'a.go',
): readonly string[] {
  const below = importPath.slice(module.length);
  const folder = `$/modules/gopath/pkg/mod/${module}@${version}${below}`;
  return [importPath, folder, 'false', `${sources}||`, module, version, 'false', '', ''];
}

/** A line of `go list` for a package of the project's own module. */
export function own(module: string, below = ''): readonly string[] {
  const path = below === '' ? module : `${module}/${below}`;
  const folder = `$/scratch/build-0/source${below === '' ? '' : `/${below}`}`;
  return [path, folder, 'false', 'main.go||', module, '', 'true', '', ''];
}
