import { distributionNames } from '../../config/base/distribution.ts';
import { exitCode } from '../../core/exit-code.ts';
import { countOf } from '../../core/numbers.ts';
import type { Host } from '../../host.ts';
import { renderTable } from '../../report/table.ts';
import { loadBaseImages, loadBaseLock } from '../../rpm/repository/load-base-images.ts';
import { type GlobalOptions, openWorkspace } from '../../workspace/workspace.ts';
import { reportFailure } from '../words/report-failure.ts';
import { baseImagePlaces } from './distributions.ts';

/** `eksd-rebuild base list`: the base images that there are, what each stands on, and which locks it has. */
export async function baseList(
  options: GlobalOptions & { readonly json?: boolean },
  host: Host,
): Promise<number> {
  const workspace = await openWorkspace(options, host);
  if (!workspace.ok) return reportFailure(workspace.error, host);
  const places = baseImagePlaces(workspace.value, host);
  const images = await loadBaseImages(places);
  if (!images.ok) return reportFailure(images.error, host);
  const list = [];
  for (const [name, { image }] of images.value) {
    const locks: Record<string, number | null> = {};
    for (const distribution of distributionNames) {
      if (image.distributions[distribution] === undefined) continue;
      const lock = await loadBaseLock(places, name, distribution);
      if (!lock.ok) return reportFailure(lock.error, host);
      locks[distribution] =
        lock.value === undefined ? null : (Object.values(lock.value.packages)[0]?.length ?? 0);
    }
    list.push({ name, description: image.description, parent: image.parent ?? null, locks });
  }
  if (options.json === true) {
    host.stdout.write(`${JSON.stringify({ schema: 1, images: list }, null, 2)}\n`);
    return exitCode.identical;
  }
  const rows = list.map(({ name, parent, locks }) => [
    { text: name },
    { text: parent === null ? '' : `on ${parent}` },
    {
      text: Object.entries(locks)
        .map(
          ([distribution, count]) =>
            `${distribution}: ${count === null ? 'no lock' : countOf(count, 'package')}`,
        )
        .join(', '),
    },
  ]);
  host.stdout.write(`${renderTable(['left', 'left', 'left'], rows).join('\n')}\n`);
  return exitCode.identical;
}
