import type { Failure } from '../../core/failure.ts';
import { unreachable } from '../../core/unreachable.ts';
import type { PushPlan, Refusal } from './plan.ts';

/** Files of an image that a refusal names; the rest are counted. */
const shownFiles = 5;

/** Why a plan may not be carried out; undefined where it may. */
export function refusalOf(plan: PushPlan): Failure | undefined {
  if (plan.refusals.length === 0) return undefined;
  const lines = plan.refusals.map((refusal) => `  ${describe(refusal, plan.host)}`);
  const kinds = new Set(plan.refusals.map(({ kind }) => kind));
  const unverified = plan.refusals.flatMap((refusal) => {
    return refusal.kind === 'unverified' ? refusal.files.map(({ verdict }) => verdict) : [];
  });
  const help = [
    unverified.length > 0 ? howToAllow(unverified) : '',
    kinds.has('overwrite') ? 'Tags are moved only with --overwrite.' : '',
    kinds.has('tag-twice') ? 'Give each image a tag of its own.' : '',
  ];
  return {
    reason: 'usage',
    message: `Nothing is pushed:\n${lines.join('\n')}`,
    help: help.filter((line) => line !== '').join(' '),
  };
}

/** What lets go what is not verified. @param verdicts those that were refused, each as often as it may be. */
export function howToAllow(verdicts: Iterable<string>): string {
  const words = [...new Set(verdicts)].sort().map((verdict) => `--allow ${verdict}`);
  return `What is not identical goes only with ${words.join(' ')} --reason TEXT.`;
}

function describe(refusal: Refusal, host: string): string {
  const name = `${host}/${refusal.repository}`;
  switch (refusal.kind) {
    case 'unverified': {
      const shown = refusal.files.slice(0, shownFiles).map(({ file, verdict }) => `${file} (${verdict})`);
      const more = refusal.files.length - shown.length;
      return `${name} holds ${shown.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    }
    case 'overwrite':
      return `${name}:${refusal.tag} is there as ${refusal.there}, not as ${refusal.digest}`;
    case 'tag-twice':
      return `${name}:${refusal.tag} would stand for two images`;
    default:
      return unreachable(refusal);
  }
}
