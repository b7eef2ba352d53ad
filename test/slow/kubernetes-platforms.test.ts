import * as assert from 'uvu/assert';
import { buildByScripts, canMount } from '../rig/kubernetes-oracle.ts';
import { buildByScriptTask } from '../rig/kubernetes-script-builds.ts';
import { buildDirectly, kubernetesWorld, removeWorld, type WorldOptions } from '../rig/kubernetes-world.ts';
import { suite } from '../rig/suite.ts';

/** Every era of Kubernetes, on all four platforms: plain go commands, and script-builds, make what its own scripts make. */
const test = suite('Kubernetes on every platform');

const eras: readonly WorldOptions[] = [
  { tag: 'v1.18.20', go: '1.13.15', rule: 'E4' },
  { tag: 'v1.22.12', go: '1.16.15' },
  { tag: 'v1.24.15', go: '1.20.8' },
  { tag: 'v1.27.6', go: '1.20.8' },
  { tag: 'v1.29.3', go: '1.22.2' },
  { tag: 'v1.29.15', go: '1.22.2' },
  { tag: 'v1.30.1', go: '1.22.2' },
  { tag: 'v1.34.0-rc.0', go: '1.24.2' },
];

if (!canMount()) {
  test('is left out: this machine lets nobody mount anything', () => undefined);
} else {
  for (const options of eras) {
    test(`${options.tag} with Go ${options.go}`, async () => {
      const world = await kubernetesWorld(options);
      try {
        const expected = buildByScripts(world);
        assert.is(expected.size, 19);
        assert.equal(await buildDirectly(world), expected);
        assert.equal(await buildByScriptTask(world), expected);
      } finally {
        removeWorld(world);
      }
    });
  }
}

test.run();
