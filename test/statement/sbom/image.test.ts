import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { imageSbom } from '../../../orchestrator/statement/sbom/sbom.ts';
import { ociSha } from '../../rig/image-report.ts';
import {
  imageFacts,
  making,
  placed,
  platformFacts,
  purlsIn,
  readSbom,
  spdxPurls,
} from '../../rig/sbom-facts.ts';

const hex = (content: string) => ociSha(content).slice('sha256:'.length);
const glibc =
  'pkg:rpm/amzn/glibc@2.26-64.amzn2?arch=x86_64&distro=amzn-2&upstream=glibc-2.26-64.amzn2.src.rpm';

test('an index lists all that its platforms have, what they share once', async () => {
  const { cyclonedx, spdx } = await readSbom(imageSbom(imageFacts(), making));
  const purls = [
    'pkg:golang/github.com/org/lib@v1.0.0',
    'pkg:golang/stdlib@1.18.10',
    'pkg:golang/test.example/tool@v1.2.3',
    `pkg:oci/tool@sha256:${hex('amd64')}?arch=amd64&tag=v1.2.3-eks-1-30-5`,
    `pkg:oci/tool@sha256:${hex('arm64')}?arch=arm64&tag=v1.2.3-eks-1-30-5`,
    `pkg:oci/tool@sha256:${hex('index')}?tag=v1.2.3-eks-1-30-5`,
    glibc,
  ].sort();
  assert.equal(purlsIn(cyclonedx), purls);
  assert.is(cyclonedx.metadata.component.version, ociSha('index'));
  // What an image stands on is not in it, so only SPDX has it as a package.
  const base = `pkg:oci/eks-distro-minimal-base@sha256:${hex('base index')}?repository_url=registry.example.com%2Feks%2Feks-distro-minimal-base&tag=2024-04-01`;
  assert.equal(spdxPurls(spdx), [...purls, base].sort());
  assert.is(cyclonedx.metadata.component.pedigree?.ancestors?.[0]?.purl, base);
});

test("a platform's image tells its layers in order, and where its programs lie", async () => {
  const platform = platformFacts({ programs: [placed(['/usr/bin/tool', '/tool'])] });
  const image = imageFacts({ digest: platform.digest, platforms: [platform] });
  const { cyclonedx, spdx } = await readSbom(imageSbom(image, making));
  const { component } = cyclonedx.metadata;
  assert.is(component.version, ociSha('amd64'));
  assert.equal(
    component.properties?.filter(({ name }) => name === 'eksd-rebuild:layer').map(({ value }) => value),
    [
      `1 of 2: ${ociSha('base')}, content ${ociSha('base content')}`,
      `2 of 2: ${ociSha('own')}, content ${ociSha('own content')}`,
    ],
  );
  const tool = cyclonedx.components.find(({ name }) => name === 'tool');
  assert.equal(tool?.evidence, { occurrences: [{ location: '/usr/bin/tool' }, { location: '/tool' }] });
  assert.ok(tool?.properties?.some(({ value }) => value === ociSha('own')));
  const root = spdx.relationships.find(({ relationshipType }) => relationshipType === 'DESCRIBES');
  assert.match(root?.relatedSpdxElement ?? '', /^SPDXRef-ContainerImage-org-tool-/);
  assert.ok(spdx.relationships.some(({ relationshipType }) => relationshipType === 'DESCENDANT_OF'));
});

test("a distribution has its packages, with the licence in the package's own words", async () => {
  const { cyclonedx, spdx } = await readSbom(imageSbom(imageFacts(), making));
  const part = cyclonedx.components.find(({ name }) => name === 'glibc');
  assert.equal(part?.licenses, [{ license: { name: 'LGPLv2+ and BSD', acknowledgement: 'declared' } }]);
  const system = cyclonedx.components.find(({ type }) => type === 'operating-system');
  assert.equal([system?.name, system?.version], ['amzn', '2']);
  const below = cyclonedx.dependencies.find(({ ref }) => ref === system?.['bom-ref'])?.dependsOn;
  assert.equal(below, [part?.['bom-ref']]);
  const [extracted] = spdx.hasExtractedLicensingInfos ?? [];
  assert.is(extracted?.extractedText, 'LGPLv2+ and BSD');
  assert.match(extracted?.licenseId ?? '', /^LicenseRef-LGPLv2-and-BSD-[0-9a-f]{8}$/);
});

test('packages without licence, vendor, epoch or system, and keys, which are none', async () => {
  const bare = { version: '1', release: '2', arch: 'noarch', tags: new Map() };
  const rpms = [
    { ...bare, name: 'none', epoch: undefined },
    { ...bare, name: 'lib\u001b', epoch: 0, license: 'MIT OR Apache-2.0', vendor: '' },
    { ...bare, name: 'gpg-pubkey', epoch: undefined, arch: '' },
  ];
  const platform = platformFacts({ rpms, system: undefined, programs: [], layers: [] });
  const image = imageFacts({
    digest: platform.digest,
    platforms: [platform],
    base: undefined,
    project: undefined,
  });
  const { cyclonedx, spdx } = await readSbom(imageSbom(image, making));
  assert.equal(purlsIn(cyclonedx).slice(1), [
    'pkg:rpm/lib%1B@1-2?arch=noarch&epoch=0',
    'pkg:rpm/none@1-2?arch=noarch',
  ]);
  assert.equal(spdx.packages.map(({ name, licenseDeclared }) => [name, licenseDeclared]).sort(), [
    ['lib\\u001b', 'MIT OR Apache-2.0'],
    ['none', 'NOASSERTION'],
    ['org/tool', 'NOASSERTION'],
  ]);
});

test('packages of another kind, which are not read, are no silence', async () => {
  const platform = platformFacts({ unread: ['/var/lib/dpkg/status'] });
  const { cyclonedx } = await readSbom(
    imageSbom(imageFacts({ digest: platform.digest, platforms: [platform] }), making),
  );
  const claim = cyclonedx.compositions?.find(({ aggregate }) => aggregate === 'incomplete');
  assert.equal(claim?.dependencies, [cyclonedx.metadata.component['bom-ref']]);
});

test.run();
