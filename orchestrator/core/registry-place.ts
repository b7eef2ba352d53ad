import type { Failure } from './failure.ts';
import { parseImageReference } from './image-reference.ts';
import { err, ok, type Result } from './result.ts';

/** Where images are: `HOST[:PORT]` and what stands before their names there, which may be empty; no slash at its end. */
export interface RegistryPlace {
  readonly host: string;
  readonly prefix: string;
}

/** Reads what `--registry`, or another option, says: `HOST[:PORT]/PREFIX`. Errors: `usage`. */
export function readPlace(text: string, option = '--registry'): Result<RegistryPlace, Failure> {
  // Any name below it tells whether it can be one.
  const parsed = parseImageReference(`${text.replace(/\/$/, '')}/x`);
  if (!('why' in parsed)) return ok({ host: parsed.host, prefix: parsed.repository.replace(/\/?x$/, '') });
  // A user in front of the host may be a token.
  const message = `${option} ${text.replace(/^.*@(?!sha256:)/s, '***@')} ${parsed.why}.`;
  const plain = /^http:/i.test(text) ? ' Plain http is spoken with --insecure.' : '';
  const help = `Name a host and, below it, a prefix: HOST[:PORT]/PREFIX.${plain}`;
  return err({ reason: 'usage', message, help });
}

/** Where an image goes below the registry: `eks-distro/etcd-io/etcd`. */
export function repositoryOf({ prefix }: Pick<RegistryPlace, 'prefix'>, image: string): string {
  return prefix === '' ? image : `${prefix}/${image}`;
}
