import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { ok } from '../../orchestrator/core/result.ts';
import { rebuild } from '../../orchestrator/run/rebuild.ts';
import { openSboms } from '../../orchestrator/run/sbom/gather.ts';
import type { Sbom } from '../../orchestrator/statement/sbom/sbom.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { unwrap } from '../oci/registry/rig.ts';
import { buildInformation } from '../rig/binary-report.ts';
import { type ImageWorld, imageWorld } from '../rig/image-world.ts';
import { readSbom } from '../rig/sbom-facts.ts';
import { suite } from '../rig/suite.ts';
import { release } from '../rig/world-content.ts';

const test = suite<{ world: ImageWorld; first: ReadonlyMap<string, Sbom> }>('bills of materials of a run');

test.before(async (context, defer) => {
  defer(closeFakes);
  context.world = await imageWorld();
  context.first = await sbomsOf(context.world);
});

/** Of all that a run makes: `<project> <platform> <file>`, `<image>`, `<image> <platform>`. What a fake go builds is no program. */
async function sbomsOf({ root, host }: ImageWorld): Promise<ReadonlyMap<string, Sbom>> {
  const made = new Map<string, Sbom>();
  const build = async () => ok({ os: 'linux', arch: 'amd64', build: buildInformation() });
  const done = await rebuild(
    release,
    { log: 'line' },
    { ...host, cwd: root },
    {
      images: {},
      async use(rebuilt) {
        const scratch = mkdtempSync(join(root, '..', 'scratch-'));
        const sboms = openSboms(rebuilt, { inspector: { build }, scratch, signal: host.signal });
        for (const verdict of rebuilt.report.verdicts) {
          if (verdict.found === undefined) continue;
          const { project, platform, name } = verdict;
          made.set(`${project} ${platform} ${name}`, unwrap(await sboms.ofProgram(verdict)));
        }
        for (const image of rebuilt.report.images ?? [])
          for (const { platform, sbom } of unwrap(await sboms.ofImage(image)))
            made.set([image.image, ...(platform === undefined ? [] : [platform])].join(' '), sbom);
        return ok(undefined);
      },
    },
  );
  assert.ok(done.ok, JSON.stringify(done));
  return made;
}

test('every program and every image has one, the image its index and each platform, and all are valid', async ({
  first,
}) => {
  for (const sbom of first.values()) await readSbom(sbom);
  const names = [...first.keys()].filter((name) => name.startsWith('org/tool'));
  assert.ok(names.length > 3, names.join());
  for (const name of [
    'org/tool',
    'org/tool linux/amd64',
    'org/tool linux/arm64',
    'org/tool linux/amd64 tool',
  ])
    assert.ok(first.has(name), [...first.keys()].join());
});

test('a second run gives the same bytes', async ({ world, first }) => {
  assert.equal(await sbomsOf(world), first);
});

test('what the lock and the base say is in it', async ({ first }) => {
  const { cyclonedx, spdx } = await readSbom(
    first.get('org/tool linux/amd64') ?? { spdx: '', cyclonedx: '' },
  );
  const { pedigree, properties = [] } = cyclonedx.metadata.component;
  assert.match(
    pedigree?.ancestors?.[0]?.purl ?? '',
    /^pkg:oci\/eks-distro-minimal-base@sha256:[0-9a-f]{64}\?/,
  );
  assert.ok(properties.some(({ name, value }) => name === 'eksd-rebuild:layer' && value.startsWith('1 of ')));
  const tool = cyclonedx.components.find(({ name }) => name === 'tool');
  assert.equal([tool?.version, tool?.evidence], ['v1.0.0', { occurrences: [{ location: '/tool' }] }]);
  const image = spdx.packages.find(({ primaryPackagePurpose }) => primaryPackagePurpose === 'CONTAINER');
  assert.match(image?.downloadLocation ?? '', /^git\+.*@[0-9a-f]{40}$/);
  const program = await readSbom(first.get('org/tool linux/amd64 tool') ?? { spdx: '', cyclonedx: '' });
  const patches = program.cyclonedx.metadata.component.pedigree?.patches ?? [];
  assert.ok(patches.length > 0, JSON.stringify(program.cyclonedx.metadata));
});

test.run();
