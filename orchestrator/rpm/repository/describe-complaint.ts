import type { DistributionName } from '../../config/base/distribution.ts';
import type { Diagnostic } from '../../core/diagnostic.ts';
import type { LoadedBaseImage } from './load-base-images.ts';
import type { ExplainedComplaint } from './plan-refresh.ts';
import { renderVersion } from './rpm-version.ts';

/**
 * A complaint about names that did not become packages, at its place in the definition that has the name.
 * @param chain the definitions of the image: what stands on nothing first (`chainOf`).
 */
export function describeComplaint(
  { complaint, architectures, names }: ExplainedComplaint,
  chain: readonly LoadedBaseImage[],
  distribution: DistributionName,
  nearest: (name: string, names: Iterable<string>) => readonly string[],
): Diagnostic {
  const on = architectures.join(' and ');
  switch (complaint.kind) {
    case 'no-package': {
      const near = nearest(complaint.name, names);
      const message = `there is no package ${complaint.name} for ${on}`;
      return at(complaint.name, message, near.length > 0 ? `Nearest: ${near.join(', ')}.` : undefined);
    }
    case 'no-version': {
      const { version, release } = complaint.pin;
      const others = complaint.available.slice(0, 5).map(renderVersion);
      const message = `there is no ${complaint.name} ${version}-${release} for ${on}`;
      return at(complaint.name, message, `The repositories have ${others.join(', ')}.`);
    }
    case 'unmet': {
      const [first = '', ...more] = complaint.by;
      const by = more.length > 0 ? `${first} and ${more.length} more require` : `${first} requires`;
      const message = `${by} ${complaint.requirement}, which nothing in the image meets (${on})`;
      const providers = [...names].slice(0, 5).join(', ');
      const help =
        providers === ''
          ? 'Nothing in the repositories provides it. Name it in "without" if the image can do without it.'
          : `Provided by ${providers}: name it in "packages", or in "without" if the image can do without it.`;
      return at(first, message, help);
    }
    case 'conflict':
      return at(complaint.name, `${complaint.name} conflicts with ${complaint.with}, both are in the image`);
  }

  /** At the name of a package; where none of the definitions has it, at the list of the image itself. */
  function at(name: string, message: string, help?: string): Diagnostic {
    for (const { image, complain } of chain) {
      const index = image.distributions[distribution]?.packages.indexOf(name) ?? -1;
      if (index >= 0) return complain(['distributions', distribution, 'packages', index], message, help);
    }
    const last = chain.at(-1);
    if (last === undefined) throw new TypeError('an image without a definition');
    return last.complain(['distributions', distribution, 'packages'], message, help);
  }
}
