import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { Failure } from '../../core/failure.ts';
import { whyUnsafePath } from '../../core/relative-path.ts';
import { err, ok, type Result } from '../../core/result.ts';
import type { ArchiveNode } from '../../plan/archive/node-archive.ts';
import type { ContextFile } from '../../plan/node-image.ts';
import { writeGzip } from '../../tool/tar/gzip.ts';
import { type PackedMember, packTar } from '../../tool/tar/pack-tar.ts';
import { readSourceFacts } from '../source/facts.ts';
import { goesThroughLink } from '../source/within.ts';
import type { Outputs, TaskContext } from '../task.ts';

/**
 * A tar.gz of files of other tasks: members in code-unit order, each folder before what is in it, 0755 of folders and programs, 0644 of
 * all else, dated by HEAD. Errors: `unsafe-path`, `missing-output`, `aborted`.
 */
export async function packArchive(
  node: ArchiveNode,
  context: TaskContext,
): Promise<Result<Outputs, Failure>> {
  const members = await membersOf(node, context);
  if (!members.ok) return members;
  const { headUnixTime } = await readSourceFacts(context.tree(node.source));
  const total = members.value.reduce((sum, { content }) => sum + sizeOf(content), 0);
  const written = await writeGzip(packTar(members.value, headUnixTime), join(context.output, node.file), {
    signal: context.signal,
    // Headers are not counted.
    onBytes: (done) => context.progress('packing', { done: Math.min(done, total), total }),
  });
  return written.ok ? ok({}) : written;
}

function sizeOf(content: PackedMember['content']): number {
  return content === undefined ? 0 : 'file' in content ? content.size : content.length;
}

/** All members, in order. */
async function membersOf(
  node: ArchiveNode,
  context: Pick<TaskContext, 'tree'>,
): Promise<Result<readonly PackedMember[], Failure>> {
  const members = new Map<string, PackedMember>();
  for (const file of node.members) {
    const failure = await addMember(file, node, context, members);
    if (failure !== undefined) return err(failure);
  }
  for (const path of [...members.keys()]) {
    for (let end = path.indexOf('/'); end >= 0; end = path.indexOf('/', end + 1)) {
      const folder = path.slice(0, end + 1);
      if (members.has(folder.slice(0, -1)))
        return err(refused(path, node.file, 'is in a folder that is a file'));
      members.set(folder, { path: folder, mode: 0o755 });
    }
  }
  return ok([...members.values()].sort((a, b) => byCodeUnit(a.path, b.path)));
}

async function addMember(
  { from, path, to }: ContextFile,
  { root, file }: ArchiveNode,
  context: Pick<TaskContext, 'tree'>,
  members: Map<string, PackedMember>,
): Promise<Failure | undefined> {
  const places: string[] = [path, to, root].filter((each) => each !== '.');
  const unsafe = places.find((each) => whyUnsafePath(each) !== undefined);
  if (unsafe !== undefined) return refused(unsafe, file, whyUnsafePath(unsafe) ?? '');
  const tree = context.tree(from);
  if (await goesThroughLink(tree, path)) return refused(path, from, 'is behind a symbolic link');
  const visit = async (place: string, at: string): Promise<Failure | undefined> => {
    const found = await lstat(place).catch(() => undefined);
    if (found === undefined) {
      return { reason: 'missing-output', file: path, detail: `${from} was to have it for ${file}` };
    }
    if (found.isDirectory()) {
      for (const name of await readdir(place)) {
        const failure = await visit(join(place, name), at === '' ? name : `${at}/${name}`);
        if (failure !== undefined) return failure;
      }
      return undefined;
    }
    if (!found.isFile()) return refused(at, file, 'is neither a file nor a folder');
    const member = `${root}/${at}`;
    if (members.has(member)) return refused(member, file, 'would be there twice');
    const mode = (found.mode & 0o111) === 0 ? 0o644 : 0o755;
    members.set(member, { path: member, mode, content: { file: place, size: found.size } });
    return undefined;
  };
  return visit(join(tree, path), to === '.' ? '' : to);
}

function refused(path: string, where: string, detail: string): Failure {
  return { reason: 'unsafe-path', path, where, detail };
}
