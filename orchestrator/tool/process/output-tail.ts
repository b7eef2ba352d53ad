import { StringDecoder } from 'node:string_decoder';
import { countOf } from '../../core/numbers.ts';

/** Collects the end of a stream of bytes. */
export interface OutputTail {
  push(chunk: Uint8Array): void;
  /** UTF-8; where the beginning was dropped, a first line says how much, so that nobody takes it for the whole. */
  text(): string;
}

/** @param limit bytes that are kept. */
export function createOutputTail(limit: number): OutputTail {
  const chunks: Uint8Array[] = [];
  let kept = 0;
  let dropped = 0;
  return {
    push(chunk) {
      chunks.push(chunk);
      kept += chunk.length;
      for (let first = chunks[0]; first !== undefined && kept - first.length >= limit; first = chunks[0]) {
        chunks.shift();
        kept -= first.length;
        dropped += first.length;
      }
    },
    text() {
      const bytes = Buffer.concat(chunks);
      let start = Math.max(0, bytes.length - limit);
      if (start + dropped === 0) return bytes.toString('utf8');
      while (start < bytes.length && isContinuation(bytes[start])) start++;
      const lost = countOf(dropped + start, 'byte');
      return `${droppedMark}${lost} before this were dropped]\n${bytes.toString('utf8', start)}`;
    },
  };
}

const droppedMark = '[the ';

/** Whether a text of an `OutputTail` lacks its beginning. */
export function isTruncated(text: string): boolean {
  return text.startsWith(droppedMark) && /^\[the [0-9]+ bytes before this were dropped\]\n/.test(text);
}

/** In UTF-8 every byte of a character but its first is 10xxxxxx. */
function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Cuts a stream of bytes into lines; a carriage return ends one as well, as in the progress of git. */
export function createLineSplitter(onLine: (line: string) => void): {
  push(chunk: Uint8Array): void;
  end(): void;
} {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
  return {
    push: (chunk) => take(decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))),
    end() {
      take(decoder.end());
      if (rest !== '') onLine(rest.replace(/\r$/, ''));
      rest = '';
    },
  };
}
