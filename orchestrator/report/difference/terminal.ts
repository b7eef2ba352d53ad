import { visible } from '../../core/visible.ts';
import { wrap } from '../summary/wrap.ts';
import { renderTable, tableWidth } from '../table.ts';
import type { Block, Item, Line, TextDocument } from './document.ts';

/** A document in lines of at most that many columns, but for words that are longer. */
export function terminalText({ title, lead, sections }: TextDocument, columns: number): string {
  const lines = [
    ...wrap(plain(title), columns, 0, 2),
    ...lead.flatMap((line) => wrap(plain(line), columns, 0)),
    ...sections.flatMap((section) => [
      '',
      section.title,
      ...section.blocks.flatMap((block) => blockLines(block, columns)),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function plain(line: Line): string {
  return line.map((part) => (typeof part === 'string' ? part : visible(part.name))).join('');
}

function blockLines(block: Block, columns: number): readonly string[] {
  if (block.kind === 'list') return block.items.flatMap((item) => itemLines(item, columns, 2));
  const rows = block.rows.map((row) => row.map((cell) => ({ text: plain(cell) })));
  const shifted = [block.head.map((text) => ({ text })), ...rows].map(([first, ...rest]) => [
    { text: `  ${first?.text ?? ''}` },
    ...rest,
  ]);
  if (tableWidth(shifted) <= columns) {
    return renderTable(
      block.head.map(() => 'left'),
      shifted,
    );
  }
  return rows.flatMap(([first, ...rest]) => {
    const cells = rest.map(({ text }) => text || '-');
    return wrap(`${first?.text ?? ''}: ${cells.join(' -> ')}`, columns, 2, 4);
  });
}

function itemLines({ line, items = [] }: Item, columns: number, indent: number): readonly string[] {
  return [
    ...wrap(plain(line), columns, indent, 4),
    ...items.flatMap((item) => itemLines(item, columns, indent + 4)),
  ];
}
