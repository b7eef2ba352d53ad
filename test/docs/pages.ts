import { readdirSync, readFileSync } from 'node:fs';
import { type MarkdownPage, readMarkdown } from '../../orchestrator/report/documentation/markdown.ts';

export const root = new URL('../../', import.meta.url);

/** A text of the documentation. */
export interface DocPage extends MarkdownPage {
  /** From the top of the repository. */
  readonly path: string;
}

export interface Fence {
  readonly page: string;
  readonly line: number;
  /** What stands behind the three marks. */
  readonly language: string;
  readonly text: string;
}

const others = ['orchestrator', 'projects', 'base-images', 'patches', 'examples', 'examples/admission'];

/** All that is written for people, but for what examples have in their sources. */
export function docPages(): readonly DocPage[] {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  const below = readdirSync(new URL('docs', root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`);
  return [...top, ...below.sort(), ...others.map((folder) => `${folder}/README.md`)].map((path) => ({
    path,
    ...readMarkdown(readFileSync(new URL(path, root), 'utf8')),
  }));
}

/** @throws for a block of code that does not say what it is. */
export function fencesOf({ path, tokens }: DocPage): readonly Fence[] {
  return tokens.flatMap((token) => {
    const line = (token.map?.[0] ?? 0) + 1;
    if (token.type === 'code_block')
      throw new Error(`${path}:${line}: code that does not say in what language`);
    if (token.type !== 'fence') return [];
    return [{ page: path, line, language: token.info, text: token.content }];
  });
}
