import { execFileSync, spawnSync } from 'node:child_process';
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
  type WorldOptions,
} from '../rig/kubernetes-world.ts';
import { suite } from '../rig/suite.ts';

/** Kubernetes up to 1.24: no modules, no version-control stamp, and a path in the programs where their Go is 1.18 or newer. */
const test = suite<{ worlds: KubernetesWorld[] }>('Kubernetes with a GOPATH');
const platforms: readonly Platform[] = ['linux/amd64', 'darwin/amd64'];

/** What a program prints, and what go says of it. */
function saidBy(world: KubernetesWorld): { readonly printed: string; readonly info: string } {
  const file = join(builtFolder(world, 'linux/amd64'), 'kubelet');
  const printed = spawnSync(file, { encoding: 'utf8' }).stderr;
  return { printed, info: execFileSync('go', ['version', '-m', file], { encoding: 'utf8' }) };
}

const cases: readonly (WorldOptions & {
  readonly said: string;
  readonly main: string;
  readonly hasPath: boolean;
})[] = [
  {
    ...{ tag: 'v1.20.11', go: '1.16.15', rule: 'E3', patched: '2021-09-24T20:03:37Z' },
    said: 'v1.20.11-eks-1-20 1 20+ <commit> clean 2021-09-24T20:03:37Z true',
    main: '_output/local/go/src/k8s.io/kubernetes/cmd/kubelet/main.go',
    hasPath: false,
  },
  {
    ...{ tag: 'v1.19.15', go: '1.16.15', rule: 'E4' },
    said: 'v1.19.15-eks-1-19 1 19+ <commit> clean 2023-11-20T17:54:16Z true',
    main: '_output/local/go/src/k8s.io/kubernetes/cmd/kubelet/main.go',
    hasPath: false,
  },
  {
    ...{ tag: 'v1.23.17', go: '1.20.14' },
    said: 'v1.23.17-eks-<head:7> 1 23 <head> archive 2024-05-15T07:05:12Z true',
    main: '_output/local/go/src/k8s.io/kubernetes/cmd/kubelet/main.go',
    hasPath: true,
  },
  {
    ...{ tag: 'v1.24.15', go: '1.20.14' },
    said: 'v1.24.15-eks-<head:7> 1 24 <head> archive 2024-05-15T07:05:12Z true',
    main: 'cmd/kubelet/main.go',
    hasPath: true,
  },
];

if (!canMount()) {
  test('is left out: this machine lets nobody mount anything', () => undefined);
} else {
  test.before((context) => {
    context.worlds = [];
  });
  test.after(({ worlds }) => worlds.forEach(removeWorld));

  for (const { said, main, hasPath, ...options } of cases) {
    test(`${options.tag} under ${options.rule ?? 'E6'} with Go ${options.go}`, async ({ worlds }) => {
      const world = await kubernetesWorld({ ...options, platforms });
      worlds.push(world);
      const expected = buildByScripts(world);
      assert.is(expected.size, 8);
      assert.equal(await buildDirectly(world), expected);
      const { printed, info } = saidBy(world);
      const head = execFileSync('git', ['rev-parse', 'HEAD'], {
        cwd: join(world.folder, 'by-hand'),
        encoding: 'utf8',
      }).trim();
      const text = said
        .replace('<commit>', world.commits.at(-1) ?? '')
        .replace('<head:7>', head.slice(0, 7))
        .replace('<head>', head);
      assert.match(printed, text);
      assert.ok(printed.split('\n')[2]?.startsWith(`${main} `), printed);
      assert.not.match(info, 'vcs');
      assert.is(
        info.includes('/home/prow/go/src/github.com/aws/eks-distro/projects/kubernetes'),
        hasPath,
        info,
      );
    });
  }
}

test.run();
