import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { chainOf, contentOf } from '../../../orchestrator/config/base/base-image-chain.ts';
import { distributionNames } from '../../../orchestrator/config/base/distribution.ts';
import { describeFailure } from '../../../orchestrator/core/describe-failure.ts';
import {
  type LoadedBaseImage,
  loadBaseImages,
} from '../../../orchestrator/rpm/repository/load-base-images.ts';
import { alternativeEntries } from '../../../orchestrator/task/base/alternatives.ts';
import { suite } from '../../rig/suite.ts';

const test = suite<{ folder: string }>('definitions of base images');

test.before.each((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'base-images-'));
});

test.after.each(({ folder }) => rmSync(folder, { recursive: true }));

/** The first line of each complaint about definitions, by name without what all have. */
async function complaints(
  folder: string,
  texts: Readonly<Record<string, string>>,
): Promise<readonly string[]> {
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(join(folder, 'base-images', name), { recursive: true });
    writeFileSync(join(folder, 'base-images', name, 'base-image.yaml'), `schema: 1\ndescription: x\n${text}`);
  }
  const shown = (path: string) => path.slice(folder.length + '/base-images/'.length);
  const loaded = await loadBaseImages({ searchPath: [folder], shown });
  const lines = loaded.ok ? [] : describeFailure(loaded.error).split('\n');
  return lines.filter((line) => line.includes('error:'));
}

test('parents that there are not, circles, and names in two places', async ({ folder }) => {
  const found = await complaints(folder, {
    a: 'parent: nobody\ndistributions: {}\n',
    b: 'parent: c\ndistributions: {}\n',
    c: 'parent: b\ndistributions: {}\n',
    d: 'distributions: {al2: {packages: [setup]}}\n',
    e: 'parent: d\ndistributions:\n  al2: {packages: [setup, x, x], without: [{name: setup, because: y}]}\n  al2023: {}\n',
  });
  assert.equal(found, [
    'a/base-image.yaml:3:9: error: there is no base image "nobody"',
    'b/base-image.yaml:3:9: error: the image stands on itself by way of others',
    'c/base-image.yaml:3:9: error: the image stands on itself by way of others',
    'e/base-image.yaml:5:20: error: setup stands in d already',
    'e/base-image.yaml:5:30: error: x stands here already',
    'e/base-image.yaml:5:51: error: setup is in the image',
    'e/base-image.yaml:6:3: error: d, on which it stands, is not made on al2023',
  ]);
});

test('alternatives whose choices do not fit together', async ({ folder }) => {
  const follower = '{name: n, link: /n, path: /p}';
  const found = await complaints(folder, {
    a: `rootfs:\n  alternatives:\n    - {name: x, link: /x, set: /c, choices: [{path: /a, priority: 1, followers: [${follower}]}, {path: /b, priority: 2}]}\ndistributions: {}\n`,
  });
  assert.equal(found, [
    'a/base-image.yaml:5:32: error: /c is none of the choices',
    'a/base-image.yaml:5:122: error: its followers are not those of the first choice',
  ]);
});

/** The definitions that come with the package, against what is known of the published images (facts of EKS Distro's lists). */
async function committed(): Promise<ReadonlyMap<string, LoadedBaseImage>> {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  const loaded = await loadBaseImages({ searchPath: [root], shown: (path) => path });
  if (!loaded.ok) throw new Error(describeFailure(loaded.error));
  return loaded.value;
}

test('the minimal images have as many packages as the published ones list', async () => {
  const images = await committed();
  const counts = ['', '-nonroot', '-glibc', '-iptables'].map((variant) => {
    const chain = [...chainOf(images, `eks-distro-minimal-base${variant}`).values()].reverse();
    return distributionNames.map((distribution) => {
      const keys = chain.flatMap(({ image }) => image.distributions[distribution]?.keys ?? []);
      const { packages } = contentOf(
        chain.map(({ image }) => image),
        distribution,
      );
      return packages.length + keys.length;
    });
  });
  assert.equal(counts, [
    [7, 9],
    [7, 9],
    [15, 18],
    [35, 48],
  ]);
});

test('files and records have the sizes of the published ones', async () => {
  const images = await committed();
  const sizes = (name: string, distribution: (typeof distributionNames)[number]): Record<string, number> => {
    const image = images.get(name)?.image;
    const parts = [image?.rootfs, image?.distributions[distribution]?.rootfs].flatMap((part) => part ?? []);
    const files = parts.flatMap((part) => [...part.files, ...alternativeEntries(part.alternatives)]);
    return Object.fromEntries(
      files.flatMap(({ path, content }) => (content ? [[path, content.length]] : [])),
    );
  };
  const own = { '/etc/passwd': 149, '/etc/group': 64, '/etc/nsswitch.conf': 229 };
  assert.equal(sizes('eks-distro-minimal-base', 'al2'), { ...own, '/etc/os-release': 161 });
  assert.equal(sizes('eks-distro-minimal-base', 'al2023'), {
    ...own,
    '/etc/os-release': 327,
    '/etc/dnf/vars/releasever': 7,
  });
  const records = (distribution: (typeof distributionNames)[number]) =>
    Object.values(sizes('eks-distro-minimal-base-iptables', distribution));
  // ip6tables, arptables, ebtables, iptables.
  assert.equal(records('al2'), [297, 583, 276, 748]);
  assert.equal(records('al2023'), [297, 584, 412, 749]);
});

test.run();
