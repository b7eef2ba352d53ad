import { defined } from '../../core/defined.ts';
import type { Capability, Relation } from './capability.ts';

/**
 * A requirement: a capability, or capabilities joined by words, `(a if b else c)`.
 * https://rpm-software-management.github.io/rpm/manual/boolean_dependencies.html
 */
export type Requirement =
  | { readonly kind: 'plain'; readonly capability: Capability }
  | { readonly kind: 'all' | 'any' | 'with' | 'without'; readonly parts: readonly Requirement[] }
  | {
      readonly kind: 'if' | 'unless';
      readonly wanted: Requirement;
      readonly condition: Requirement;
      readonly otherwise: Requirement | undefined;
    };

/** What a requirement of `primary` says. One that cannot be read is taken as a name, which nothing provides. */
export function requirementOf(capability: Capability): Requirement {
  if (!capability.name.startsWith('(')) return { kind: 'plain', capability };
  const words = capability.name.replace(/\s+/g, ' ').split(' ');
  const reader = { words, at: 0 };
  const read = readGroup(reader);
  return read === undefined || reader.at < words.length ? { kind: 'plain', capability } : read;
}

/** Whether a requirement holds, where `has` says it of a capability. */
export function holds(requirement: Requirement, has: (capability: Capability) => boolean): boolean {
  switch (requirement.kind) {
    case 'plain':
      return has(requirement.capability);
    case 'all':
    // That both are of one package is not looked at.
    case 'with':
      return requirement.parts.every((part) => holds(part, has));
    case 'any':
      return requirement.parts.some((part) => holds(part, has));
    case 'without':
      return requirement.parts[0] !== undefined && holds(requirement.parts[0], has);
    case 'if':
    case 'unless': {
      const applies = holds(requirement.condition, has) === (requirement.kind === 'if');
      if (applies) return holds(requirement.wanted, has);
      return requirement.otherwise === undefined || holds(requirement.otherwise, has);
    }
  }
}

/** The capabilities to look for so that a requirement comes to hold: of several ways, the first. */
export function missingOf(
  requirement: Requirement,
  has: (capability: Capability) => boolean,
): readonly Capability[] {
  if (holds(requirement, has)) return [];
  switch (requirement.kind) {
    case 'plain':
      return [requirement.capability];
    case 'all':
    case 'with':
      return requirement.parts.flatMap((part) => missingOf(part, has));
    case 'any':
    case 'without':
      return requirement.parts.slice(0, 1).flatMap((part) => missingOf(part, has));
    case 'if':
    case 'unless': {
      const applies = holds(requirement.condition, has) === (requirement.kind === 'if');
      const side = applies ? requirement.wanted : requirement.otherwise;
      return side === undefined ? [] : missingOf(side, has);
    }
  }
}

interface Reader {
  readonly words: string[];
  at: number;
}

const joints: Readonly<Record<string, 'all' | 'any' | 'with' | 'without'>> = {
  and: 'all',
  or: 'any',
  with: 'with',
  without: 'without',
};

/** What is between a parenthesis and the one that closes it. */
function readGroup(reader: Reader): Requirement | undefined {
  const opening = reader.words[reader.at];
  if (!opening?.startsWith('(')) return undefined;
  reader.words[reader.at] = opening.slice(1);
  const first = readOperand(reader);
  if (first === undefined) return undefined;
  if (takeClosing(reader)) return first;
  const word = reader.words[reader.at] ?? '';
  if (word === 'if' || word === 'unless') {
    reader.at++;
    const condition = readOperand(reader);
    if (condition === undefined) return undefined;
    let otherwise: Requirement | undefined;
    if (reader.words[reader.at] === 'else') {
      reader.at++;
      otherwise = readOperand(reader);
    }
    return takeClosing(reader) ? { kind: word, wanted: first, condition, otherwise } : undefined;
  }
  const kind = joints[word];
  if (kind === undefined) return undefined;
  const parts = [first];
  while (reader.words[reader.at] === word) {
    reader.at++;
    const part = readOperand(reader);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return takeClosing(reader) ? { kind, parts } : undefined;
}

const relations: Readonly<Record<string, Relation>> = {
  '=': 'EQ',
  '<': 'LT',
  '<=': 'LE',
  '>': 'GT',
  '>=': 'GE',
};

/** A group, or a capability with its version. The parentheses that close its group become a word of their own. */
function readOperand(reader: Reader): Requirement | undefined {
  const word = reader.words[reader.at];
  if (word === undefined || word === '') return undefined;
  if (word.startsWith('(')) return readGroup(reader);
  const name = takeText(reader);
  if (name === '') return undefined;
  const relation = relations[reader.words[reader.at] ?? ''];
  if (relation === undefined) return { kind: 'plain', capability: { name } };
  reader.at++;
  const match = /^(?:([0-9]+):)?([^-]+)(?:-([^-]+))?$/.exec(takeText(reader));
  if (match === null) return undefined;
  const [, epoch = '0', version = '', release] = match;
  const versions = { relation, epoch: Number(epoch), version };
  return { kind: 'plain', capability: { name, ...versions, ...defined({ release }) } };
}

/** A word without the parentheses that were not opened in it: `libz.so()(64bit)` keeps its own. */
function takeText(reader: Reader): string {
  const word = reader.words[reader.at] ?? '';
  let depth = 0;
  for (const [index, character] of [...word].entries()) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (depth < 0) {
      reader.words.splice(reader.at, 1, word.slice(0, index), word.slice(index));
      break;
    }
  }
  reader.at++;
  return reader.words[reader.at - 1] ?? '';
}

function takeClosing(reader: Reader): boolean {
  const word = reader.words[reader.at];
  if (!word?.startsWith(')')) return false;
  if (word === ')') reader.at++;
  else reader.words[reader.at] = word.slice(1);
  return true;
}
