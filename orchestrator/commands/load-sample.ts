import type { Failure } from '../core/failure.ts';
import { err, type Result } from '../core/result.ts';
import type { Host } from '../host.ts';
import type { LoadedRelease } from './load-release.ts';
import type { Workspace } from './workspace.ts';
export async function loadSample(_w: Workspace, _h: Host): Promise<Result<LoadedRelease, Failure>> { return err({reason:'aborted'}); }
