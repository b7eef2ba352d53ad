import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { mirroredImage } from '../../oci/registry/mirror.ts';
import { pullImage } from '../../oci/registry/pull.ts';
import type { Registry } from '../../oci/registry/registry.ts';
import type { BaseImageNode } from '../../plan/node-image.ts';
import type { Outputs, TaskContext } from '../task.ts';

export interface BaseImageOptions {
  readonly mirrors: Readonly<Record<string, string>>;
  readonly open: (host: string) => Promise<Result<Registry, Failure>>;
}

/** An image that others stand on, pulled by digest. */
export async function pullBase(
  { reference, platforms }: BaseImageNode,
  context: TaskContext,
  { mirrors, open }: BaseImageOptions,
): Promise<Result<Outputs, Failure>> {
  const from = mirroredImage(reference, mirrors);
  if (!from.ok) return from;
  const registry = await open(from.value.host);
  if (!registry.ok) return registry;
  const { repository } = from.value;
  const text = `pulling ${reference.digest}`;
  context.progress(text);
  const pulled = await pullImage(registry.value, {
    ...{ repository, digest: reference.digest, platforms, folder: context.output },
    onBytes: (bytes) => context.progress(text, bytes),
  });
  return pulled.ok ? ok({}) : pulled;
}
