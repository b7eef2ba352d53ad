import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { asDigest } from '../../../orchestrator/core/digest.ts';
import { ok } from '../../../orchestrator/core/result.ts';
import { readAdvisories } from '../../../orchestrator/rpm/repository/read-repositories.ts';
import type { Repository } from '../../../orchestrator/rpm/repository/repository.ts';
import type { Advisory } from '../../../orchestrator/rpm/repository/updateinfo.ts';
import { unwrap } from '../../oci/registry/rig.ts';

function repository(
  name: string,
  arch: Repository['arch'],
  advisories: readonly Advisory[] | undefined,
): Repository {
  return {
    ...{ name, arch, base: 'https://packages.example/', repomd: asDigest('0'.repeat(64)) },
    packages: async () => ok({ packages: [], names: new Set() }),
    advisories: async () => ok(advisories),
  };
}

const advisory = { id: 'A-1', type: 'security', severity: 'important', cves: [], packages: [] };

test('repositories without advisories are named, once for all processors; those with an empty list are not', async () => {
  const read = unwrap(
    await readAdvisories(
      new Map(
        (['x86_64', 'aarch64'] as const).map((arch) => [
          arch,
          [
            repository('core', arch, [advisory as unknown as Advisory]),
            repository('extras', arch, []),
            repository('own', arch, undefined),
          ],
        ]),
      ),
    ),
  );
  assert.equal([...read.without], ['own']);
  assert.equal(
    read.advisories.map(({ id }) => id),
    ['A-1'],
  );
});

test.run();
