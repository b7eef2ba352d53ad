import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { minorOf } from '../../orchestrator/cluster/cluster-release.ts';
import { dnsImage, kubeadmRetags } from '../../orchestrator/cluster/kubeadm.ts';
import { kubeadmDns } from '../../orchestrator/cluster/kubeadm-versions.ts';
import { eras, releaseOf } from '../cluster/eras.ts';
import { migrateCorefile } from '../rig/corefile-migration.ts';

/** Every release with what the upgrades bring that kubeadm makes: to a patch of the minor, and to the next minor. */
const upgrades = Object.keys(eras).flatMap((name) => {
  const release = releaseOf(name);
  const retag = kubeadmRetags(release).find(({ image }) => image === dnsImage);
  if (retag === undefined) throw new Error(`${name} has no CoreDNS`);
  const minor = minorOf(release);
  return [minor, minor + 1].map((to) => ({ name, own: retag.from, further: retag.to, to: kubeadmDns(to) }));
});

/** What that is refused for, by the names of the releases. */
async function refusals(from: (upgrade: (typeof upgrades)[number]) => string): Promise<readonly string[]> {
  const said = await migrateCorefile(upgrades.map((each) => [from(each), each.to] as const));
  return said.flatMap((error, at) => (error === undefined ? [] : [`${upgrades[at]?.name}: ${error}`]));
}

test('what kubeadm migrates a Corefile by takes the further tag of every CoreDNS, and refuses its own', async () => {
  assert.equal(await refusals(({ further }) => further), []);
  const own = await refusals((upgrade) => upgrade.own);
  assert.is(own.length, upgrades.length);
  for (const line of own) assert.match(line, /: start version '.*-eks-.*' not supported$/);
});

test('a plain version is not enough: one newer than what an upgrade brings is refused', async () => {
  const plain = await refusals(({ own }) => own.replace(/-eks-.*/, ''));
  assert.ok(plain.includes("v1-28-eks-57: cannot migrate up to '1.10.1' from '1.11.4'"), plain.join('\n'));
});

test.run();
