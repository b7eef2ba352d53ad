import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { ClusterRelease } from '../../orchestrator/cluster/cluster-release.ts';
import { referenceTo } from '../../orchestrator/cluster/image-names.ts';
import { kopsCluster } from '../../orchestrator/cluster/kops.ts';
import { kopsFile } from '../../orchestrator/cluster/kops-file.ts';
import { kubeadmCluster, kubeadmRetags } from '../../orchestrator/cluster/kubeadm.ts';
import { kubeadmFile } from '../../orchestrator/cluster/kubeadm-file.ts';
import { missingImages } from '../../orchestrator/cluster/missing-images.ts';
import { must } from '../cluster/eras.ts';
import { clusterSchema } from '../rig/cluster-schema.ts';
import {
  clusterRelease,
  committedLock,
  committedRecipes,
  committedReleases,
} from '../rig/committed-releases.ts';
import { suite } from '../rig/suite.ts';

/** A line of what test/rig/cluster-schema prints. */
interface Decoded {
  readonly decoded?: Readonly<Record<string, unknown>>;
  readonly error?: string;
}

const test = suite<{ folder: string; program: string; releases: readonly ClusterRelease[] }>(
  'configuration of every release in the repository',
);

test.before(async (context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'cluster-kubeadm-'));
  context.program = await clusterSchema();
  const recipes = committedRecipes();
  context.releases = committedReleases().map((name) => clusterRelease(committedLock(name), recipes));
});

test.after(({ folder }) => {
  rmSync(folder, { recursive: true, force: true });
});

/** Of what was decoded, the members that `wanted` has too. */
function held(decoded: unknown, wanted: unknown): unknown {
  if (typeof wanted !== 'object' || wanted === null) return decoded;
  const found = decoded as Readonly<Record<string, unknown>> | undefined;
  return Object.fromEntries(
    Object.entries(wanted).map(([name, member]) => [name, held(found?.[name], member)]),
  );
}

/** Decodes texts into kubeadm's own types, strictly. */
function decode(
  { folder, program }: { readonly folder: string; readonly program: string },
  texts: readonly string[],
): readonly Decoded[] {
  const files = texts.map((text, at) => {
    const file = join(folder, `${at}.yaml`);
    writeFileSync(file, text);
    return file;
  });
  const lines = execFileSync(program, files, { encoding: 'utf8' }).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as Decoded);
}

test("kubeadm's own types of the version hold every member, where it was meant to be", (context) => {
  const clusters = context.releases.map((release) => must(kubeadmCluster(release)));
  const texts = context.releases.map((release, at) => {
    const cluster = clusters[at];
    return cluster === undefined ? '' : kubeadmFile(release, cluster);
  });
  const decoded = decode(context, texts);
  assert.is(decoded.length, committedReleases().length);
  for (const [at, { decoded: found, error }] of decoded.entries()) {
    assert.is(error, undefined);
    assert.equal(held(found, clusters[at]), clusters[at]);
  }
  const versions = new Set(clusters.map(({ apiVersion }) => apiVersion.split('/')[1]));
  assert.equal([...versions].sort(), ['v1beta2', 'v1beta3', 'v1beta4']);
});

test('a member that a version does not have is refused', (context) => {
  for (const minor of ['1-18', '1-30', '1-33']) {
    const release = context.releases.find(({ branch }) => branch === minor);
    assert.ok(release);
    const text = kubeadmFile(release, must(kubeadmCluster(release)));
    const [fine, misplaced, misspelt, twice, foreign] = decode(context, [
      text,
      text.replace('\ndns:\n', '\ndns:\n  image: coredns\n'),
      text.replace('imageTag:', 'imagetags:'),
      `${text}imageRepository: registry.example.com\n`,
      text.replace('kind: ClusterConfiguration', 'kind: ClusterStatus'),
    ]);
    assert.is(fine?.error, undefined);
    assert.match(misplaced?.error ?? '', /unknown field "image"/);
    assert.match(misspelt?.error ?? '', /unknown field "imagetags"/);
    assert.match(twice?.error ?? '', /already set/);
    assert.match(foreign?.error ?? '', /no type for kubeadm\.k8s\.io\/v1beta[234] ClusterStatus/);
  }
});

test('both configurations of every release name its images, and nothing that is not pushed', ({
  releases,
}) => {
  for (const release of releases) {
    const [kubeadm, kops] = [
      must(kubeadmCluster(release)),
      must(kopsCluster(release, { images: true, files: undefined })),
    ];
    const pushed = new Set(release.images.map((image) => referenceTo(release.place, image)));
    for (const text of [kubeadmFile(release, kubeadm), kopsFile(release, kops)]) {
      assert.equal(
        [...pushed].filter((image) => !text.includes(image)),
        [],
      );
    }
    assert.equal(missingImages(kops, pushed), []);
    assert.is(missingImages(kubeadm, pushed).length, 1);
    const upgradable = must(kubeadmCluster(release, { upgradableDns: true }));
    assert.is(missingImages(upgradable, pushed).length, 2);
    for (const { image, from, to } of kubeadmRetags(release)) {
      assert.ok(pushed.has(referenceTo(release.place, { name: image, tag: from })));
      pushed.add(referenceTo(release.place, { name: image, tag: to }));
    }
    assert.equal(missingImages(kubeadm, pushed), []);
    assert.equal(missingImages(upgradable, pushed), []);
  }
});

test.run();
