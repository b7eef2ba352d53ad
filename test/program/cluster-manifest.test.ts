import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { ociDigestOf } from '../../orchestrator/oci/image/layout.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { clusterRelease, clusterTag, clusterWorld } from '../rig/cluster-world.ts';
import type { ImageWorld } from '../rig/image-world.ts';
import { readSiteFiles } from '../rig/published-site.ts';
import { type SiteServer, serveSite } from '../rig/site-server.ts';
import { suite } from '../rig/suite.ts';

/** A release that was pushed, and laid out as a site that is served. */
const test = suite<{ world: ImageWorld; site: SiteServer }>('a cluster by the manifest of a site of ours');
const manifest = 'kubernetes-1-30/kubernetes-1-30-eks-6.yaml';

test.before(async (context, defer) => {
  defer(closeFakes);
  const world = await clusterWorld();
  const site = await serveSite();
  defer(() => site.close());
  appendFileSync(
    join(world.root, 'projects/org/tool/project.yaml'),
    `component: kubernetes
archives:
  - kind: program
    folder: kubernetes
    file: bin/{os}/{arch}/{file}
    description: '{file} binary for {os}/{arch}'
    platforms: [linux/amd64]
    programs: [tool]
`,
  );
  const place = ['--registry', `${world.registry.host}/eks`, '--project', 'org/tool'];
  const pushed = await world.run(['push', clusterRelease, ...place, '--confirm', '--retag']);
  assert.is(pushed.code, 0, pushed.stderr);
  const words = ['--output', 'site', '--base-uri', site.url];
  const laid = await world.run(['release', clusterRelease, ...place, ...words]);
  assert.is(laid.code, 0, laid.stderr);
  site.files = readSiteFiles(join(world.root, 'site'));
  Object.assign(context, { world, site });
});

test.before.each(({ site }) => site.faults.clear());

function cluster({ world, site }: { world: ImageWorld; site: SiteServer }, ...words: readonly string[]) {
  return world.run(['cluster', clusterRelease, '--manifest', `${site.url}/${manifest}`, ...words]);
}

test('images come from where it says, by its digests, and are there; what it has not is told', async (context) => {
  const { world } = context;
  const { host, tags } = world.registry;
  const ran = await cluster(context, '--output', 'files');
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stderr, `✔ ${host}/eks has all 8 images that are named.\n`);
  assert.match(ran.stderr, 'kubernetes-1-30-eks-6 does not have 12 files that kOps takes: ');
  assert.match(ran.stderr, 'kubernetes-1-30-eks-6 has no network plugins for Linux: there is no kops.env\n');
  const read = (name: string) => readFileSync(join(world.root, 'files', name), 'utf8');
  const { spec } = parse(read('kops.yaml'));
  const name = `eks/coredns/coredns:${clusterTag}`;
  assert.is(spec.kubeDNS.coreDNSImage, `${host}/${name}@${tags.get(name)}`);
  assert.is(parse(read('kubeadm.yaml')).imageRepository, `${host}/eks/kubernetes`);
  assert.match(
    read('SHA256SUMS'),
    /^# Files of v1-30-eks-6: 1 as the manifest says\.\n[0-9a-f]{64} {2}kubernetes\/\S+\/tool\n$/,
  );
});

test('another image behind a tag than the manifest says is a difference', async (context) => {
  const { registry } = context.world;
  const tag = `eks/coredns/coredns:${clusterTag}`;
  const [own, other] = [registry.tags.get(tag) ?? '', Buffer.from('{}')];
  registry.content.set(`eks/coredns/coredns@${ociDigestOf(other)}`, other);
  registry.tags.set(tag, ociDigestOf(other));
  try {
    const ran = await cluster(context, '--format', 'kubeadm');
    assert.is(ran.code, 1);
    assert.match(
      ran.stderr,
      `has other images by these tags than report or manifest:\n  ${registry.host}/${tag} is `,
    );
  } finally {
    registry.tags.set(tag, own);
  }
});

test('a manifest that is not there, and one that leads elsewhere, are refused; nothing is written', async (context) => {
  const { site, world } = context;
  const wrong = [
    ['missing', /There is no http:\/\/127\.0\.0\.1:\d+\/\S+: .*404/],
    [{ to: 'http://127.0.0.1:1/release.yaml' }, 'it leads to 127.0.0.1:1, which nobody asked for'],
    ['forbidden', '403'],
  ] as const;
  for (const [fault, complaint] of wrong) {
    site.faults.set(manifest, fault);
    const ran = await cluster(context, '--output', 'refused');
    assert.is.not(ran.code, 0);
    assert.match(ran.stderr, complaint);
    assert.not.ok(existsSync(join(world.root, 'refused')));
  }
});

test.run();
