import { describeFailure } from '../../core/describe-failure.ts';
import { type Digest, isDigest } from '../../core/digest.ts';
import type { Bytes } from '../../core/event.ts';
import type { Failure } from '../../core/failure.ts';
import { areCommandRecords, areTexts, isDuration, parseJson } from '../../core/json-text.ts';
import type { CommandRecord } from '../../tool/process/process.ts';

/** What a worker tells of what it does, a line each: JSON. Whoever reads them relies on the shared store alone for what was made. */
export type PodLine =
  /** At its beginning: what its machine's sandbox lacks, a sentence each. */
  | { readonly type: 'began'; readonly version: string; readonly missing: readonly string[] }
  | { readonly type: 'started'; readonly node: string }
  | { readonly type: 'progress'; readonly node: string; readonly text: string; readonly bytes?: Bytes }
  /** It is in the shared store. */
  | {
      readonly type: 'made';
      readonly node: string;
      readonly how: 'ran' | 'cached';
      readonly key: Digest;
      readonly tree: Digest;
      readonly seconds: number;
      readonly notes: readonly string[];
      readonly commands: readonly CommandRecord[];
    }
  | {
      readonly type: 'failed';
      readonly node: string;
      readonly failure: Failure;
      readonly commands: readonly CommandRecord[];
    }
  /** Its end: all of its nodes were told, or what kept it from beginning. */
  | { readonly type: 'ended'; readonly failure?: Failure };

export function writePodLine(line: PodLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** Reads a line; undefined for what is none, such as a warning of Node's. What it has of texts is not ours. */
export function readPodLine(text: string): PodLine | undefined {
  const value = parseJson(text) as Readonly<Record<string, unknown>> | undefined;
  if (value === undefined) return undefined;
  const { type, node, failure } = value;
  const isNode = typeof node === 'string';
  const isRight = () => {
    switch (type) {
      case 'began':
        return typeof value['version'] === 'string' && areTexts(value['missing']);
      case 'started':
        return isNode;
      case 'progress':
        return isNode && typeof value['text'] === 'string' && isBytes(value['bytes']);
      case 'made':
        return isNode && isMade(value);
      case 'failed':
        return isNode && isFailure(failure) && areCommandRecords(value['commands']);
      case 'ended':
        return failure === undefined || isFailure(failure);
      default:
        return false;
    }
  };
  return isRight() ? (value as unknown as PodLine) : undefined;
}

function isMade({ how, key, tree, seconds, notes, commands }: Readonly<Record<string, unknown>>): boolean {
  const isNamed = typeof key === 'string' && isDigest(key) && typeof tree === 'string' && isDigest(tree);
  const isTold = isDuration(seconds) && areTexts(notes) && areCommandRecords(commands);
  return (how === 'ran' || how === 'cached') && isNamed && isTold;
}

function isBytes(value: unknown): boolean {
  return value === undefined || (isObject(value) && typeof value['done'] === 'number');
}

/** One that this version can tell: a worker of another one may know others. */
function isFailure(value: unknown): boolean {
  if (!isObject(value) || typeof value['reason'] !== 'string') return false;
  try {
    return typeof describeFailure(value as unknown as Failure) === 'string';
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
