import { countOf } from '../../core/numbers.ts';
import { unreachable } from '../../core/unreachable.ts';
import { visible } from '../../core/visible.ts';
import type { Oddity } from '../../verdict/archive/archive.ts';
import type {
  ArchiveComparison,
  ArchiveIdentity,
  Aspect,
  InnerComparison,
  MemberDifference,
  MemberFacts,
} from '../../verdict/archive/comparison.ts';
import { describeDifference } from '../../verdict/inspect/describe-difference.ts';
import { describePlatform, section } from './describe.ts';

/** How two archives compare, in lines to be read: the verdict, what differs and where, and what was set aside. */
export function describeArchiveComparison(a: string, b: string, comparison: ArchiveComparison): string {
  const lines = [`${comparison.verdict}: ${a} and ${b}`, ...describeArchives(comparison)];
  return `${lines.map(visible).join('\n')}\n`;
}

function describeArchives(comparison: ArchiveComparison): readonly string[] {
  const { a, b, members, setAside, inside } = comparison;
  return [
    `  - ${identity(a)}`,
    `  + ${identity(b)}`,
    ...section('members', members.map(describeMember)),
    ...section(
      'set aside',
      setAside.map(({ name, count, what }) => `${name} (${what}): ${count}`),
    ),
    ...section('handled in their own way by each unpacker', [
      ...a.oddities.map((each) => `- ${describeOddity(each)}`),
      ...b.oddities.map((each) => `+ ${describeOddity(each)}`),
    ]),
    ...inside.flatMap(describeInner),
  ];
}

function identity({ sha256, size, compression, members, comment }: ArchiveIdentity): string {
  const packed = compression === 'none' ? 'not packed' : compression;
  const own = comment === null ? '' : `, comment ${comment}`;
  return `sha256:${sha256} (${packed}, ${countOf(size, 'byte')}, ${countOf(members, 'member')}${own})`;
}

function describeOddity({ member, why }: Oddity): string {
  return member === '' ? `it ${why}` : `${member} ${why}`;
}

const marks = { added: '+', removed: '-', changed: '~' } as const;

function describeMember({ path, change, isProgram, a, b, aspects }: MemberDifference): string {
  if (aspects.includes('trailing')) return '~ bytes that nobody unpacks, after the end of one or both';
  const shown = path === '' ? '.' : path;
  const program = isProgram ? ' (a program)' : '';
  if (a === null || b === null) return `${marks[change]} ${shown} ${loneFacts(a ?? b)}${program}`;
  const words = aspects.map((aspect) => `${aspect} ${told(aspect, a)} -> ${told(aspect, b)}`);
  return `~ ${shown} ${words.join(', ')}${program}`;
}

function loneFacts(facts: MemberFacts | null): string {
  if (facts === null) return '';
  const { kind, mode, size, sha256, target } = facts;
  if (sha256 !== null) return `${mode}, ${countOf(size, 'byte')}, ${sha256}`;
  return target === null ? `(${kind}, ${mode})` : `(${kind} to ${target})`;
}

function told(aspect: Aspect, facts: MemberFacts): string {
  switch (aspect) {
    case 'content':
      return `${facts.sha256 ?? 'none'} (${countOf(facts.size, 'byte')})`;
    case 'kind':
    case 'mode':
      return facts[aspect];
    case 'target':
    case 'device':
      return facts[aspect] ?? 'none';
    case 'xattrs':
      return Object.keys(facts.xattrs).length === 0 ? 'none' : JSON.stringify(facts.xattrs);
    case 'replaces':
      return facts.replaces.length === 0 ? 'none' : facts.replaces.join(' ');
    case 'trailing':
      return '';
    default:
      return unreachable(aspect);
  }
}

/** Which is which: neither of two archives need be built or published by anybody. */
const sides = { built: 'the first', published: 'the second' } as const;

function describeInner(inner: InnerComparison): readonly string[] {
  const indented = (lines: readonly string[]) => lines.map((line) => `  ${line}`);
  const name = inner.path === '' ? 'the images in them' : `inside ${inner.path}`;
  switch (inner.kind) {
    case 'unread':
      return ['', `  ${name}: ${inner.why}`];
    case 'archive': {
      const { comparison } = inner;
      return ['', `  ${name}: ${comparison.verdict}`, ...indented(describeArchives(comparison))];
    }
    case 'image': {
      const { verdict, platforms, onlyInA, onlyInB } = inner.comparison;
      return [
        '',
        `  ${name}: ${verdict}`,
        ...onlyInA.map((platform) => `    only the first has ${platform}`),
        ...onlyInB.map((platform) => `    only the second has ${platform}`),
        ...indented(indented(platforms.flatMap(describePlatform))),
      ];
    }
    case 'program': {
      const { differences } = inner.comparison;
      const lines = differences.flatMap((each) => describeDifference(each, sides).split('\n'));
      return ['', `  ${name}:`, ...indented(indented(lines))];
    }
    default:
      return unreachable(inner);
  }
}
