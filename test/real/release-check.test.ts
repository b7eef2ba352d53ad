import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { startDockerRegistry } from '../rig/docker-registry.ts';
import { runMain, testHost } from '../rig/host.ts';
import { writeImageLayout } from '../rig/image-layout.ts';
import { packed, program, siteFiles, writeSiteFiles } from '../rig/published-site.ts';
import { skopeo } from '../rig/skopeo.ts';
import { suite } from '../rig/suite.ts';

/** The images of a release at a real registry, brought there by skopeo. */
const test = suite<{ folder: string }>('release check with a registry');

test.before((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'release-check-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

test('digests that are there, that a tag points at, that it no longer does, and that nobody has', async ({
  folder,
}) => {
  const registry = await startDockerRegistry({ folder: join(folder, 'registry') });
  try {
    const push = (name: string, content: string, tag: string): string => {
      const layout = mkdtempSync(join(folder, 'layout-'));
      writeImageLayout(layout, { layers: [[{ path: 'x', content }]] });
      skopeo('copy', `oci:${layout}`, `docker://${registry.host}/${name}:${tag}`);
      return JSON.parse(skopeo('inspect', `docker://${registry.host}/${name}:${tag}`)).Digest;
    };
    const first = push('eks-distro/tool', 'one', 'v1');
    const moved = push('eks-distro/moved', 'one', 'v1');
    push('eks-distro/moved', 'other', 'v1');
    const nobody = `sha256:${createHash('sha256').update('nobody').digest('hex')}`;
    const uri = (name: string) => `${registry.host}/eks-distro/${name}:v1`;
    const files = siteFiles(
      'https://releases.example',
      [
        {
          ...{
            component: 'tool',
            folder: 'tool/v1',
            name: 'tool-linux-amd64-v1.tar.gz',
            os: 'linux',
            arch: 'amd64',
          },
          content: packed({ tool: program('tool') }),
        },
      ],
      [
        { component: 'tool', name: 'tool-image', uri: uri('tool'), digest: first },
        { component: 'tool', name: 'moved-image', uri: uri('moved'), digest: moved },
        { component: 'tool', name: 'nobody-image', uri: uri('tool'), digest: nobody },
        { component: 'tool', name: 'gone-image', uri: uri('gone') },
        { component: 'tool', name: 'old-image', uri: uri('tool') },
      ],
    );
    writeSiteFiles(join(folder, 'site'), files);
    writeFileSync(
      join(folder, 'eksd-rebuild.yaml'),
      `registries: { '${registry.host}': { insecure: loopback } }\n`,
    );
    const env = { PATH: process.env['PATH'] ?? '', HOME: folder, EKSD_REBUILD_CACHE: join(folder, 'cache') };
    const host = testHost({ cwd: folder, packageFolder: folder, env });
    const ran = await runMain(['release', 'check', 'site', '--json'], host);
    assert.is(ran.code, 1, ran.stderr);
    const { findings } = JSON.parse(ran.stdout).releases[0];
    const images = findings
      .filter(({ kind }: { kind: string }) => kind === 'images')
      .map(({ name, verdict, why }: Record<string, string>) => `${name} ${verdict}: ${why}`);
    assert.equal(images, [
      'tool: tool-image identical: The registry has the digest, and the tag points at it.',
      'tool: moved-image different: The tag v1 points at another image than the manifest says.',
      `tool: nobody-image different: ${registry.host}/eks-distro/tool has no image of the digest that the manifest says.`,
      `tool: gone-image different: There is no ${registry.host}/eks-distro/gone:v1.`,
      'tool: old-image no-expectation: The manifest says no digest; its tag is there.',
    ]);
  } finally {
    await registry.kill();
  }
});

test.run();
