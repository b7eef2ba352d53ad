import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { buildByScripts } from '/work/main/test/rig/kubernetes-oracle.ts';
import { buildDirectly, builtFolder, kubernetesWorld, removeWorld } from '/work/main/test/rig/kubernetes-world.ts';
for (const [tag, wrong] of [['v1.29.4', false], ['v1.29.3', true]] as const) {
  const world = await kubernetesWorld({ tag, go: '1.22.2', platforms: ['darwin/amd64'] });
  const found = buildByScripts(world);
  let text = readFileSync('/work/main/projects/kubernetes/kubernetes/project.yaml', 'utf8');
  if (wrong) text = text.replace('|| >=1.29.0-0 <1.29.4-0', '').replace('>=1.29.4-0 <1.30', '>=1.29.0-0 <1.30');
  const direct = await buildDirectly({ ...world, recipe: text });
  console.log(tag, wrong ? 'old recipe' : '', JSON.stringify([...found]) === JSON.stringify([...direct]) ? 'SAME' : 'DIFFERENT');
  console.log(execFileSync('go', ['version', '-m', join(builtFolder(world, 'darwin/amd64'), 'kubectl')], { encoding: 'utf8' }).split('\n').filter(l => /flags|trimpath|tags|mod/.test(l)).join('\n'));
  removeWorld(world);
}
