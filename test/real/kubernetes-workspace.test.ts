import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import type { Platform } from '../../orchestrator/core/platform.ts';
import { buildByScripts, canMount } from '../rig/kubernetes-oracle.ts';
import {
  buildDirectly,
  builtFolder,
  type KubernetesWorld,
  kubernetesWorld,
  removeWorld,
} from '../rig/kubernetes-world.ts';
import { suite } from '../rig/suite.ts';

/** Kubernetes from 1.30 on: a workspace. From Go 1.24 on the main module's version is in every program. */
const test = suite<{ worlds: KubernetesWorld[] }>('Kubernetes with a workspace');
const platforms: readonly Platform[] = ['linux/amd64', 'darwin/amd64'];

if (!canMount()) {
  test('is left out: this machine lets nobody mount anything', () => undefined);
} else {
  test.before((context) => {
    context.worlds = [];
  });
  test.after(({ worlds }) => worlds.forEach(removeWorld));

  for (const [tag, go, version] of [
    ['v1.30.1', '1.22.12', '(devel)'],
    ['v1.33.1', '1.24.13', 'v1.34.0-alpha.0.0.20231120175416-'],
    ['v1.34.0-rc.0', '1.24.13', 'v1.35.0-alpha.0.0.20231120175416-'],
  ] as const) {
    test(`${tag} with Go ${go}`, async ({ worlds }) => {
      const world = await kubernetesWorld({ tag, go, platforms });
      worlds.push(world);
      const expected = buildByScripts(world);
      assert.is(expected.size, 8);
      assert.equal(await buildDirectly(world), expected);
      const file = join(builtFolder(world, 'linux/amd64'), 'kubelet');
      const info = execFileSync('go', ['version', '-m', file], { encoding: 'utf8' });
      assert.match(info, `mod\tk8s.io/kubernetes\t${version}`);
      assert.is(/v1\.3[45].*\+dirty\t/.test(info), version !== '(devel)', info);
      assert.match(info, 'vcs.modified=true');
      assert.not.match(info, /gcflags|asmflags/);
      if (version === '(devel)') return;
      const one = { ...world, platforms: ['darwin/amd64' as const] };
      for (const tags of ['minor', 'none'] as const) {
        const found = await buildDirectly(one, { override: { tags } });
        const other = execFileSync(
          'go',
          ['version', '-m', join(builtFolder(one, 'darwin/amd64'), 'kubectl')],
          {
            encoding: 'utf8',
          },
        );
        assert.match(other, tags === 'none' ? 'v0.0.0-20231120175416-' : /v1\.3[34]\.[0-9]-/);
        assert.is.not(found.get('darwin/amd64 kubectl'), expected.get('darwin/amd64 kubectl'), tags);
      }
    });
  }
}

test.run();
