import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOf } from '../../../orchestrator/core/digest.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { asRelativePath } from '../../../orchestrator/core/relative-path.ts';
import type { Result } from '../../../orchestrator/core/result.ts';
import type { SourceArchiveNode } from '../../../orchestrator/plan/archive/node-archive.ts';
import { asNodeId } from '../../../orchestrator/plan/node-base.ts';
import type { PatchPin, SourceNode } from '../../../orchestrator/plan/node-go.ts';
import { archiveSource } from '../../../orchestrator/task/archive/source-archive.ts';
import { makeSource as makeTree, type SourceOptions } from '../../../orchestrator/task/source/source.ts';
import type { Outputs } from '../../../orchestrator/task/task.ts';
import { createGitClones } from '../../../orchestrator/tool/git/clones.ts';
import { hermeticGitEnvironment } from '../../../orchestrator/tool/git/environment.ts';
import { noIsolation } from '../../../orchestrator/tool/process/isolation.ts';
import { createRunProcess } from '../../../orchestrator/tool/process/run-process.ts';
import { createRepository, type TestCommit } from '../../rig/repository.ts';

/** A project's repository, a clone store and the task. */
export interface SourceWorld {
  readonly folder: string;
  readonly upstream: string;
  readonly commits: readonly string[];
  readonly tools: SourceOptions;
}

export const gitEnv = hermeticGitEnvironment(process.env['PATH'] ?? '');

const run = createRunProcess({ isolation: noIsolation, now: Date.now });

const url = 'https://git.example/org/project.git';

export async function sourceWorld(folder: string, history: readonly TestCommit[]): Promise<SourceWorld> {
  const upstream = join(folder, 'upstream');
  const commits = await createRepository(upstream, { commits: history });
  const clones = createGitClones({
    folder: join(folder, 'clones'),
    mirrors: { [url]: upstream },
    localEnv: gitEnv,
    remoteEnv: gitEnv,
    withLock: (_name, _signal, body) => body(),
  });
  return { folder, upstream, commits, tools: { clones, gitEnv } };
}

/** The third commit of the world's history, tagged v1.0.0. */
export function sourceNode(world: SourceWorld, patches: readonly PatchPin[]): SourceNode {
  return {
    kind: 'source',
    id: asNodeId('source org/project'),
    needs: [],
    title: 'org/project v1.0.0',
    projects: ['org/project'],
    repository: url,
    tag: 'v1.0.0',
    commit: world.commits[2] ?? '',
    patches,
  };
}

/** A pin of a commit's file in the world's own repository. */
export function upstreamPatch(path: string, commit: string, text: string): PatchPin {
  return {
    path: asRelativePath(path),
    sha256: digestOf(text),
    from: { kind: 'upstream', repository: url, commit },
  };
}

export async function userPatch(
  world: SourceWorld,
  name: string,
  text: string,
): Promise<PatchPin & { from: { kind: 'user'; file: string } }> {
  const file = join(world.folder, name);
  await writeFile(file, text);
  return { path: asRelativePath(`patches/${name}`), sha256: digestOf(text), from: { kind: 'user', file } };
}

/** Runs the task as the engine does: in folders of its own. */
export async function makeSource(
  world: SourceWorld,
  node: SourceNode,
): Promise<{ readonly result: Result<Outputs, Failure>; readonly output: string }> {
  const folder = await mkdtemp(join(world.folder, 'run-'));
  const [output, scratch] = [join(folder, 'output'), join(folder, 'scratch')];
  for (const each of [output, scratch]) await mkdir(each);
  const signal = new AbortController().signal;
  const result = await makeTree(
    node,
    { tree: () => '', output, scratch, run, progress: () => {}, signal },
    world.tools,
  );
  return { result, output };
}

/** The archive of what a source task made. @param folder an empty one. */
export async function archiveTree(tree: string, folder: string, headTag?: string) {
  const node: SourceArchiveNode = {
    ...{ kind: 'source-archive', id: asNodeId('source-archive'), needs: [], title: '', projects: [] },
    ...{ file: 'src.tar.gz', source: asNodeId('source') },
    ...(headTag === undefined ? {} : { headTag }),
  };
  const [output, scratch] = [join(folder, 'output'), join(folder, 'scratch')];
  for (const each of [output, scratch]) await mkdir(each);
  const signal = new AbortController().signal;
  const context = { tree: () => tree, output, scratch, run, progress: () => {}, signal };
  return { result: await archiveSource(node, context, { gitEnv }), file: join(output, 'src.tar.gz') };
}
