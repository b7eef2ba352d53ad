import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Ran } from './host.ts';
import { writeImageLayout } from './image-layout.ts';
import { layerFile } from './layer.ts';
import { packed, program, type SiteAsset, siteFiles } from './published-site.ts';
import { type SiteServer, serveSite } from './site-server.ts';
import { type Suite, suite } from './suite.ts';
import { newWorld, publish, type World } from './world.ts';
import { pinsOf } from './world-content.ts';

const hammer = program('hammer');
const saw = program('saw');
const tool = program('tool');

const line = (repo: string, name: string, content: Uint8Array) =>
  `${createHash('sha256').update(content).digest('hex')}  _output/1-30/bin/${repo}/linux-amd64/${name}\n`;

/** A world, and a server of files. */
interface CheckWorld {
  world: World;
  site: SiteServer;
}

/** One release, whose lock expects two programs of `org/kit` and one of `org/tool`, and its site, which is whole before each test. @param upstream further files of that release. */
export function checkSuite(
  title: string,
  upstream: Readonly<Record<string, string>> = {},
): Suite<CheckWorld> {
  const test = suite<CheckWorld>(title);
  test.before(async (context, defer) => {
    context.site = await serveSite();
    defer(() => context.site.close());
    context.world = await newWorld();
    await publish(context.world, 6, {
      ...pinsOf('org/kit', 'v2.0.0', '1.21.3', [line('kit', 'hammer', hammer), line('kit', 'saw', saw)]),
      ...pinsOf('org/tool', 'v1.0.0', '1.20.5', [line('tool', 'tool', tool)]),
      ...upstream,
    });
    const imported = await context.world.run(['import', 'v1-30-eks-6']);
    assert.is(imported.code, 0, imported.stderr);
  });
  test.before.each(({ site }) => {
    site.files = siteFiles(site.url, assets());
    site.faults.clear();
    site.requests.length = 0;
  });
  return test;
}

const licences = { 'LICENSES/kit.example/LICENSE': 'a licence\n', 'ATTRIBUTION.txt': 'all of it\n' };
const linux = { os: 'linux', arch: 'amd64' };

/** An archive with the programs of `org/kit`, and what else a test wants in it. */
export function kit(files: Readonly<Record<string, Uint8Array | string>> = {}): SiteAsset {
  const content = packed({ hammer, saw, ...licences, ...files });
  return { component: 'kit', folder: 'kit/v2.0.0', name: 'kit-linux-amd64-v2.0.0.tar.gz', content, ...linux };
}

/** A program by itself. */
export function single(content: Uint8Array = tool): SiteAsset {
  return { component: 'tool', folder: 'tool/v1.0.0', name: 'bin/linux/amd64/tool', content, ...linux };
}

/** An image of one platform with a program in it, as an OCI layout in a tar. */
export function imageTar(content: Uint8Array = tool): SiteAsset {
  const folder = mkdtempSync(join(tmpdir(), 'image-'));
  writeImageLayout(folder, { layers: [[{ path: 'usr/bin/tool', content, mode: 0o755 }]] });
  const members = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.json$|oci-layout|[0-9a-f]{64}$/.test(path))
    .map((path) => ({ path, content: readFileSync(join(folder, path)) }));
  return { ...single(layerFile(members)), name: 'bin/linux/amd64/tool.tar' };
}

export function assets(): readonly SiteAsset[] {
  return [kit(), single(), imageTar()];
}

/** Where the manifest is on the site, and what its files are below. */
export const manifest = 'kubernetes-1-30/kubernetes-1-30-eks-6.yaml';
export const artifacts = 'kubernetes-1-30/releases/6/artifacts';

/** Checks the site by its manifest's URL. */
export function check({ world, site }: CheckWorld, ...words: readonly string[]): Promise<Ran> {
  return world.run(['release', 'check', `${site.url}/${manifest}`, ...words]);
}
