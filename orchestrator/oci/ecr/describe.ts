import { countOf } from '../../core/numbers.ts';
import type { RegistryPlan } from './plan.ts';

/** A plan for a reader: a line on the registry, and one for each thing that is to be done or known. */
export function describeEcrPlan(plan: RegistryPlan): readonly string[] {
  const { host, account, create, existing, drift, fixedTags, notes } = plan;
  const place = host.kind === 'public' ? `${host.host} (account ${account})` : host.host;
  return [
    `${place}: ${countOf(create.length, 'repository', 'repositories')} to create, ${existing.length} there.`,
    ...create.map((name) => `  create ${name}`),
    ...drift.map(({ repository, setting, found, wanted, isChangeable }) => {
      const end = isChangeable ? '' : ', which cannot be changed: only a new repository would have it';
      return `  ${repository}: ${setting} is ${found}, the settings say ${wanted}${end}.`;
    }),
    ...fixedTags.map(({ repository, tag }) => {
      return `  ${repository}: tag ${tag} is to move with later pushes, and is immutable there. Name it in ecr.tagMutability.except.`;
    }),
    ...notes.map((note) => `  ${note}`),
  ];
}
