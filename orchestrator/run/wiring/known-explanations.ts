import { join } from 'node:path';
import type { Json } from '../../core/canonical-json.ts';
import { digestOfJson } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { parseJson } from '../../core/json-text.ts';
import type { Result } from '../../core/result.ts';
import type { Host } from '../../host.ts';
import { readBytes, sizeLimit } from '../../tool/file/read-file.ts';
import type { Explanation } from '../../verdict/verify/explanation.ts';
import { writeWholeFile } from '../../workspace/write-file.ts';

/** What was found out about why one file is not another, kept from run to run. */
export interface KnownExplanations {
  /** @param subject what it is an explanation of. */
  get(subject: Json): Promise<Explanation | undefined>;
  put(subject: Json, explanation: Explanation): Promise<Result<void, Failure>>;
}

/** Raised when what is kept changes its shape: what was kept before is then not known any more. */
const schema = 1;

/** @param cache an absolute path. Errors of `put`: those of `writeWholeFile`. */
export function openExplanations(cache: string, host: Host): KnownExplanations {
  const fileOf = (subject: Json) => {
    const name = digestOfJson({ schema, subject });
    return join(cache, 'explanations', name.slice(0, 2), `${name}.json`);
  };
  return {
    async get(subject) {
      const kept = await readBytes(fileOf(subject), { limit: sizeLimit.lock });
      const text = kept.ok ? kept.value?.toString('utf8') : undefined;
      return text === undefined ? undefined : (parseJson(text) as Explanation | undefined);
    },
    put: (subject, explanation) => writeWholeFile(fileOf(subject), `${JSON.stringify(explanation)}\n`, host),
  };
}
