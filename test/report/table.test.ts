import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { renderTable, tableWidth } from '../../orchestrator/report/table.ts';

const bold = (text: string) => `<${text}>`;

test('columns are as wide as their widest text, whatever it is painted with', () => {
  const rows = [
    [{ text: 'name' }, { text: 'count', paint: bold }, { text: '' }],
    [{ text: 'a', paint: bold }, { text: '7', paint: bold }, { text: 'note' }],
  ];
  assert.equal(renderTable(['left', 'right', 'left'], rows), ['name  <count>', '<a>         <7>  note']);
  assert.is(tableWidth(rows), 'name  count  note'.length);
});

test.run();
