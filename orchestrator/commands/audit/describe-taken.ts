import type { Contradiction } from '../../verdict/record/join.ts';

/** Where others' records contradict ours both are told, since one of two builders lies or a build does not repeat. A line each. */
export function describeTaken(contradictions: readonly Contradiction[], folder: string): string {
  return contradictions
    .map(({ ours, theirs }) => {
      const { release, project, platform, name } = ours;
      return `${release} ${project} ${platform} ${name}: ${folder} says ${theirs.verdict}, and ours ${ours.verdict}, of the same build. Ours is kept.\n`;
    })
    .join('');
}
