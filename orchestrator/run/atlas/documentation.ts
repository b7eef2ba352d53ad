import { join } from 'node:path';
import { byCodeUnit } from '../../core/canonical-json.ts';
import type { DocText } from '../../report/atlas/view/doc.ts';
import { listNames, readSource } from '../../tool/file/read-file.ts';

/** Texts of the program that stand outside of `docs/`, and that its pages lead to. */
const others = [
  ...['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'LICENSE'],
  ...['orchestrator', 'projects', 'base-images', 'patches', 'examples', 'examples/admission'].map(
    (folder) => `${folder}/README.md`,
  ),
];

/** The documentation that comes with the program; none where its folder has none. */
export async function readDocumentation(packageFolder: string): Promise<readonly DocText[]> {
  const paths = await textsBelow(packageFolder, 'docs');
  const all = paths.length === 0 ? [] : [...paths, ...others].sort(byCodeUnit);
  return Promise.all(
    all.map(async (path) => {
      const text = await readSource(join(packageFolder, path));
      return { path, text: path.endsWith('.md') ? text : `# Licence\n\n\`\`\`text\n${text}\`\`\`\n` };
    }),
  );
}

async function textsBelow(packageFolder: string, folder: string): Promise<readonly string[]> {
  const names = await listNames(join(packageFolder, folder));
  if (!names.ok) return [];
  const found = await Promise.all(
    names.value.map(async (name) => {
      const path = `${folder}/${name}`;
      if (name.endsWith('.md')) return [path];
      return name.includes('.') ? [] : textsBelow(packageFolder, path);
    }),
  );
  return found.flat();
}
