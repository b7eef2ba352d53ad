import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeProject } from '../../orchestrator/workspace/decode-project.ts';
import { remembered } from './remembered.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

interface Recipe {
  readonly name: string;
  readonly file: string;
  readonly text: string;
  readonly decoded: ReturnType<typeof decodeProject>;
}

/** All recipes below a folder of the repository. */
export const findRecipes = remembered((folder: string): readonly Recipe[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('/project.yaml'))
    .map((path) => {
      const file = `${folder}/${path}`;
      const text = readFileSync(join(root, file), 'utf8');
      return { name: dirname(path), file, text, decoded: decodeProject(file, text) };
    }),
);
