import { describeFailure } from '../core/describe-failure.ts';
import type { FileVerdict } from '../verdict/verify/verdict.ts';

/** Files with one cause: the same failure of the same node, or an abort, or else the same words on the same project. */
export function groupsOf(files: readonly FileVerdict[]): readonly (readonly FileVerdict[])[] {
  const groups = new Map<string, FileVerdict[]>();
  for (const file of files) {
    const key = JSON.stringify([file.verdict, ...causeOf(file)]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [file]);
    else group.push(file);
  }
  return [...groups.values()];
}

function causeOf({ failure, failedNode, project, why }: FileVerdict): readonly (string | undefined)[] {
  if (failure === undefined) return [project, why];
  return failure.reason === 'aborted' ? [] : [failedNode, describeFailure(failure)];
}
