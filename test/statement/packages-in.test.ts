import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { packagesIn } from '../../orchestrator/statement/packages-in.ts';
import { imageSbom } from '../../orchestrator/statement/sbom/sbom.ts';
import { imageFacts, making, platformFacts } from '../rig/sbom-facts.ts';

function packagesOf(given: Parameters<typeof platformFacts>[0]) {
  const platform = platformFacts(given);
  const { cyclonedx } = imageSbom(imageFacts({ digest: platform.digest, platforms: [platform] }), making);
  return packagesIn(JSON.parse(cyclonedx));
}

test('what an image has installed and what its programs link, and neither the system nor the programs', () => {
  assert.equal(packagesOf({}), {
    rpms: [{ name: 'glibc', version: '2.26-64.amzn2' }],
    modules: [
      { name: 'github.com/Org/lib', version: 'v1.0.0' },
      { name: 'stdlib', version: 'go1.18.10' },
    ],
    unread: [],
  });
});

test('what nobody could read is told', () => {
  const unread = ['/var/lib/dpkg/status'];
  assert.equal(packagesOf({ rpms: [], programs: [], unread }), { rpms: [], modules: [], unread });
});

test('what is no bill of CycloneDX has none', () => {
  for (const document of [null, {}, [], { bomFormat: 'SPDX', metadata: {}, components: [] }])
    assert.is(packagesIn(document), undefined);
});

test.run();
