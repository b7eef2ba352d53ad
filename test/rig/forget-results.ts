import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** Takes results out of a store: their tasks are due again. @param which tells of a kind and a title (`go-build org/tool linux/amd64`). */
export function forgetResults(cache: string, which: (kind: string, title: string) => boolean): void {
  for (const { file, kind, title } of resultsIn(cache)) if (which(kind, title)) rmSync(file);
}

/** The files of all results of a store. */
export function resultsIn(cache: string) {
  const names = readdirSync(join(cache, 'results'), { recursive: true, encoding: 'utf8' });
  return names
    .filter((name) => name.endsWith('.json'))
    .map((name) => {
      const file = join(cache, 'results', name);
      const { kind, title }: { kind: string; title: string } = JSON.parse(readFileSync(file, 'utf8')).result;
      return { file, kind, title };
    });
}
