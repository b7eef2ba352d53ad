import { countOf } from '../../core/numbers.ts';
import { visible } from '../../core/visible.ts';
import type { Answer, SubjectAnswer } from '../../statement/trust/answer.ts';
import type { Requirement } from '../../statement/trust/decide.ts';

/** Yes or no, and why: a line a requirement, and under each what does not count. */
export function describeAnswer(what: string, { isTrusted, places, subjects }: Answer): string {
  const lines = subjects.flatMap(describeSubject);
  if (subjects.some((each) => !each.isTrusted && saysNothing(each)))
    lines.push(places.length === 0 ? noPlaces : `Statements were looked for in: ${places.join(', ')}`);
  const trusted = subjects.filter((each) => each.isTrusted).length;
  if (subjects.length > 1) {
    const all = countOf(subjects.length, 'file');
    lines.push(
      isTrusted ? `${what}: all ${all} are trusted.` : `${what} is not trusted: of ${all}, ${trusted} are.`,
    );
  }
  return `${lines.map(visible).join('\n')}\n`;
}

const noPlaces = 'Nothing says where statements are: name folders, URLs or repositories with --statements.';

function saysNothing({ requirements, refused }: SubjectAnswer): boolean {
  return (
    refused.length === 0 && requirements.every(({ agreed, others }) => agreed.length + others.length === 0)
  );
}

function describeSubject(subject: SubjectAnswer): readonly string[] {
  const { name, sha256, isTrusted, requirements, refused, why, sumsOf } = subject;
  const digest = sha256 === undefined || name.includes(sha256) ? '' : ` (sha256:${sha256})`;
  const head = `${mark(isTrusted)} ${name}${digest} is ${isTrusted ? 'trusted' : 'not trusted'}`;
  if (why !== undefined) return [`${head}: it ${why}`];
  if (sumsOf !== undefined) return [`${head}: it has the sums of ${sumsOf.join(', ')}, and nothing else`];
  return [
    head,
    ...requirements.flatMap(describeRequirement),
    ...refused.map(({ place, signer, why: reason }) => `    ${place}${by(signer)} ${reason}`),
  ];
}

function describeRequirement({ kind, isMet, needed, agreed, others }: Requirement): readonly string[] {
  const who = agreed.map(
    ({ signer, says, time }) => `${signer} (${says}${time === undefined ? '' : `, ${time}`})`,
  );
  const said = agreed.length === 0 ? 'nobody who counts says so' : `said by ${who.join(', ')}`;
  return [
    `  ${mark(isMet)} ${kind}: ${said}; ${countOf(needed, 'signer')} ${needed === 1 ? 'has' : 'have'} to`,
    ...others.map(({ place, signer, why }) => `    ${signer ?? 'somebody'} ${why}: ${place}`),
  ];
}

function by(signer: string | undefined): string {
  return signer === undefined ? '' : ` (${signer})`;
}

function mark(isSo: boolean): string {
  return isSo ? '✔' : '✖';
}
