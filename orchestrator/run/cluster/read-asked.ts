import type { Digest } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { type JobDocument, readDocument } from '../../engine/kubernetes/document.ts';
import type { Host } from '../../host.ts';
import type { BuildNode } from '../../plan/node.ts';
import { readDocument as readShared } from '../../store/remote/documents.ts';
import { isOfKnownKind } from '../../task/kinds.ts';
import type { Workspace } from '../../workspace/workspace.ts';
import { openRemotePlace } from '../shared/place.ts';

/** Reads what a worker is asked for out of the shared store. Errors: `usage` where it is not for this version and platform; those of the store. */
export async function readAsked(
  digest: Digest,
  workspace: Workspace,
  host: Host,
): Promise<Result<JobDocument<BuildNode>, Failure>> {
  const place = await openRemotePlace(workspace.store, host);
  if (!place.ok) return place;
  if (place.value === undefined) throw new Error('the words name a shared store');
  const text = await readShared(place.value, digest);
  if (!text.ok) return text;
  const document = readDocument<BuildNode>(text.value);
  const help = 'The image of a pod has to be of the version, and for the platform, of who asks.';
  const refused = (message: string) => err<Failure>({ reason: 'usage', message, help });
  if (document?.nodes.every(isOfKnownKind) !== true)
    return refused(`${digest} is no document that this version reads.`);
  return document.platform === host.platform
    ? ok(document)
    : refused(`${digest} is for ${document.platform}, and this is ${host.platform}.`);
}
