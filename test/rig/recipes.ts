import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeProject } from '../../orchestrator/workspace/decode-project.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** All recipes below a folder of the repository. */
export function findRecipes(folder: string): readonly {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly decoded: ReturnType<typeof decodeProject>;
}[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/project.yaml'))
    .map((path) => {
      const file = `${folder}/${path}`;
      const text = readFileSync(join(root, file), 'utf8');
      return { name: dirname(path), file, text, decoded: decodeProject(file, text) };
    });
}
