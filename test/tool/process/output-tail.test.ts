import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createLineSplitter,
  createOutputTail,
  isTruncated,
} from '../../../orchestrator/tool/process/output-tail.ts';

function tailOf(limit: number, ...chunks: string[]): string {
  const tail = createOutputTail(limit);
  for (const chunk of chunks) tail.push(Buffer.from(chunk));
  return tail.text();
}

test('output within the limit is kept as it is', () => {
  assert.is(tailOf(6, 'abc', 'def'), 'abcdef');
  assert.is(tailOf(6), '');
});

test('of longer output the end is kept, and how much is missing is said', () => {
  assert.is(tailOf(4, 'abc', 'def'), '[the 2 bytes before this were dropped]\ncdef');
  assert.is(tailOf(4, 'abcdefghij'), '[the 6 bytes before this were dropped]\nghij');
  assert.is(tailOf(2, 'ab', 'cd', 'ef', 'gh'), '[the 6 bytes before this were dropped]\ngh');
  assert.ok(isTruncated(tailOf(4, 'abc', 'def')));
  assert.not.ok(isTruncated('[the end]'));
});

test('a character that was cut in two is dropped whole', () => {
  assert.is(tailOf(3, 'aé', 'bc'), '[the 3 bytes before this were dropped]\nbc'.replace('3', '3'));
});

test('lines come as they end, whatever the chunks and the kind of line end', () => {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  for (const chunk of ['one\ntw', 'o\r\nthr', 'ee 10%\rthree 20%\r', '\nfo'])
    splitter.push(Buffer.from(chunk));
  assert.equal(lines, ['one', 'two', 'three 10%', 'three 20%']);
  splitter.end();
  assert.equal(lines.at(-1), 'fo');
});

test('a character that comes in two chunks is one', () => {
  const lines: string[] = [];
  const splitter = createLineSplitter((line) => lines.push(line));
  const bytes = Buffer.from('é\n');
  splitter.push(bytes.subarray(0, 1));
  splitter.push(bytes.subarray(1));
  assert.equal(lines, ['é']);
});

test.run();
