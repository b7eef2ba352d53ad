import { visible } from '../../core/visible.ts';
import type { Block, Item, Line, TextDocument } from './document.ts';

/**
 * A document as GitHub's Markdown. What somebody else wrote stands between backticks, so that nothing in it is markup, a link, a
 * person or an issue. @param level of its title's heading: 2 for a part of a changelog.
 */
export function markdownText({ title, lead, sections }: TextDocument, level = 2): string {
  const heading = (depth: number, text: string) => `${'#'.repeat(level + depth)} ${text}`;
  const parts = [
    heading(0, inline(title)),
    ...lead.map(inline),
    ...sections.flatMap((section) => [heading(1, section.title), ...section.blocks.map(blockText)]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function inline(line: Line): string {
  return line.map((part) => (typeof part === 'string' ? escaped(part) : code(part.name))).join('');
}

/** Ours has no markup in it; what could be taken for some is meant as it stands. */
function escaped(text: string): string {
  return text.replace(/[\\`*_[\]<>|~&#@]/g, '\\$&');
}

/** A text between more backticks than there are together in it. An end that is a backtick or a blank has a blank beside it. */
export function code(text: string): string {
  const shown = visible(text);
  if (shown.trim() === '') return '';
  const longest = Math.max(0, ...(shown.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(longest + 1);
  const isTight = /^[^` ](?:.*[^` ])?$/.test(shown);
  return isTight ? `${fence}${shown}${fence}` : `${fence} ${shown} ${fence}`;
}

function blockText(block: Block): string {
  if (block.kind === 'list') return block.items.flatMap((item) => itemLines(item, '')).join('\n');
  const rowText = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    rowText(block.head.map(escaped)),
    rowText(block.head.map(() => '---')),
    // A table ends its cells at bars, in code too.
    ...block.rows.map((row) => rowText(row.map((cell) => inTable(cell)))),
  ].join('\n');
}

function inTable(cell: Line): string {
  return cell
    .map((part) => (typeof part === 'string' ? escaped(part) : code(part.name).replaceAll('|', '\\|')))
    .join('');
}

function itemLines({ line, items = [] }: Item, indent: string): readonly string[] {
  return [`${indent}- ${inline(line)}`, ...items.flatMap((item) => itemLines(item, `${indent}  `))];
}
