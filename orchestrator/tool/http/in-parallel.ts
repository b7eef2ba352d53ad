import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';

/**
 * Does something with each item, so many at once. After a failure nothing new is begun, what has begun is waited for, and
 * the first failure is the result; else what came of each, in the order of the items.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  deed: (item: T) => Promise<Result<R, Failure>>,
): Promise<Result<readonly R[], Failure>> {
  const done: R[] = [];
  let failed: Result<never, Failure> | undefined;
  let next = 0;
  const work = async (): Promise<void> => {
    while (failed === undefined && next < items.length) {
      const at = next;
      next += 1;
      const result = await deed(items[at] as T);
      if (result.ok) done[at] = result.value;
      else failed ??= result;
    }
  };
  await Promise.all(Array.from({ length: limit }, work));
  return failed ?? ok(done);
}
