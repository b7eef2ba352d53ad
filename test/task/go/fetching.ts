import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ok } from '../../../orchestrator/core/result.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { ModulesNode } from '../../../orchestrator/plan/node-go.ts';
import { fetchModules } from '../../../orchestrator/task/go/modules.ts';
import type { Command, ProcessOutcome } from '../../../orchestrator/tool/process/process.ts';
import { writeFiles } from '../../rig/world.ts';
import { fakeContext } from '../task-context.ts';

export const [toolchain, source] = [asNodeId('toolchain'), asNodeId('source')];

export const node: ModulesNode = {
  kind: 'modules',
  id: asNodeId('modules org/tool'),
  needs: [toolchain, source],
  title: 'modules',
  projects: ['org/tool'],
  toolchain,
  source,
  goVersion: '1.21.10',
  module: 'sub',
  programs: [{ package: './cmd/tool' }],
  vendors: false,
  platforms: ['linux/amd64', 'windows/amd64'],
  flags: ['-mod=mod'],
};

const fetching = { GOPROXY: 'https://proxy.test.example', GOSUMDB: 'sum.test.example' };

function toolsWith(more: Readonly<Record<string, string>> = {}) {
  const hostGo = {
    program: '/host/go',
    version: '1.26.8',
    platform: 'linux/amd64',
    fetching: { ...fetching, ...more },
  };
  return {
    hostGo: async () => ok(hostGo),
    fetchEnvironment: { HOME: '/home/somebody', PATH: '/somewhere' },
    git: { program: '/opt/git/bin/git' },
  };
}

export const file = 'cache/download/github.com/!azure/go-sdk/@v/v1.2.3-0.2024';

/** What `go mod download -json` says of modules that it has. */
export function said({ args }: Command): Partial<ProcessOutcome> {
  const modules = args.slice(3).map((each) => each.split('@'));
  const objects = modules.map(([Path, Version]) => JSON.stringify({ Path, Version }, null, '\t'));
  return { stdout: objects.map((each) => `${each}\n`).join('') };
}

/** What `go list` leaves in a module cache. */
export function downloads(command: Command): Partial<ProcessOutcome> | undefined {
  if (command.args[1] === 'download') return said(command);
  if (command.args[0] !== 'list') return undefined;
  const names = ['info', 'lock', 'mod', 'zip', 'ziphash'].map((kind) => `${file}.${kind}`);
  const others = ['cache/lock', 'cache/vcs/ab/HEAD', 'cache/download/sumdb/sum.test.example/latest'];
  const lists = [
    'cache/download/github.com/!azure/go-sdk/@v/list',
    'github.com/!azure/go-sdk@v1.2.3-0.2024/x.go',
  ];
  const onlyMod = 'cache/download/example.com/m/@v/v1.0.0.mod';
  const paths = [...names, ...others, ...lists, onlyMod];
  writeFiles(command.env['GOMODCACHE'] ?? '', Object.fromEntries(paths.map((path) => [path, path])));
  return undefined;
}

/** Fetches modules of a node where commands are answered so. @param lacked what could not be had the last time. */
export async function run(
  answer: (command: Command) => Partial<ProcessOutcome> | undefined,
  given: Partial<ModulesNode> = {},
  more: Readonly<Record<string, string>> = {},
  checkout: Readonly<Record<string, string>> = {},
  lacked?: string,
) {
  const made = fakeContext(answer, { toolchain: '/store/toolchain' }, { source: 'store' });
  const context = { ...made, lacked };
  mkdirSync(join(context.scratch, 'source', 'sub'), { recursive: true });
  writeFiles(join(context.folder, 'store', 'source', 'sub'), checkout);
  const result = await fetchModules({ ...node, ...given }, context, toolsWith(more));
  const left = readdirSync(context.output, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(context.output.length + 1))
    .sort();
  const contents = left.map((path) => readFileSync(join(context.output, path), 'utf8'));
  rmSync(context.folder, { recursive: true });
  return {
    commands: context.commands,
    left,
    contents,
    notes: result.ok ? (result.value.notes ?? []) : [],
    failure: result.ok ? undefined : result.error,
  };
}
