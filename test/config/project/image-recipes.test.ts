import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProjectImage } from '../../../orchestrator/config/project/image.ts';
import { baseFamily } from '../../../orchestrator/plan/base-family.ts';
import { holds } from '../../../orchestrator/plan/condition.ts';
import { findRecipes } from '../../rig/recipes.ts';

interface Moment {
  readonly branch: string;
  readonly day: string;
  readonly tag: string;
}

const may2024 = { branch: '1-30', day: '2024-05-28', tag: 'v7.0.2' };
const spring2022 = { branch: '1-21', day: '2022-04-29', tag: 'v4.0.0' };

function imagesOf(
  moment: Moment,
): ReadonlyMap<string, { readonly image: ProjectImage; readonly text: string }> {
  const found = new Map<string, { readonly image: ProjectImage; readonly text: string }>();
  for (const { name: project, decoded } of findRecipes('projects')) {
    if (!decoded.ok) throw new Error(`${project} is malformed`);
    for (const image of decoded.value.images) {
      const subject = { tag: moment.tag, date: `${moment.day}T12:00:00Z`, branch: moment.branch };
      if (!holds(image.when, subject)) continue;
      assert.not.ok(found.has(image.name), `${image.name} stands there twice`);
      const text = readFileSync(join('projects', project, image.dockerfile), 'utf8');
      const filled = text.replace(/\$(\w+)\b(?!")/g, (whole, name) => image.args[name] ?? whole);
      found.set(image.name, { image, text: filled });
    }
  }
  return found;
}

/** What a Dockerfile says of how the image is run, and where it puts programs: the table of the published images. */
function summaryOf(moment: Moment): Readonly<Record<string, string>> {
  const rows = [...imagesOf(moment)].map(([name, { image, text }]) => {
    const base =
      image.base === undefined
        ? 'scratch'
        : 'image' in image.base
          ? image.base.image
          : familyBase(image.base, moment);
    const lines = text.split('\n').filter((line) => /^(USER|ENTRYPOINT|CMD|EXPOSE|VOLUME|ENV)/.test(line));
    const places = [...text.matchAll(/^COPY (?:--\S+ )*(.*) (\/\S*)$/gm)]
      .filter(([, from = '']) => image.programs.some((program) => program === from))
      .map(([, , to]) => to);
    return [name, [base, ...places, ...lines].join('; ')] as const;
  });
  return Object.fromEntries(rows.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function familyBase(
  base: { minimal: string; standard?: string | undefined },
  { branch, day }: Moment,
): string {
  return baseFamily(branch, `${day}T12:00:00Z`) === 'standard'
    ? (base.standard ?? base.minimal)
    : base.minimal;
}

test('the images of May 2024 are run as the published ones are', () => {
  const minimal = 'eks-distro-minimal-base';
  const plain = (program: string) => `${minimal}; /${program}; ENTRYPOINT ["/${program}"]`;
  const server = (program: string, below: string) =>
    `kubernetes/${below}; /usr/local/bin/${program}; ENTRYPOINT ["/go-runner"]`;
  assert.equal(summaryOf(may2024), {
    'coredns/coredns': `${minimal}; /coredns; EXPOSE 53 53/udp; ENTRYPOINT ["/coredns"]`,
    'etcd-io/etcd': `${minimal}; /usr/local/bin/etcd; /usr/local/bin/etcdctl; ENV ETCD_UNSUPPORTED_ARCH=arm64; VOLUME ["/var/etcd/", "/var/lib/etcd/"]; EXPOSE 2379 2380; CMD ["/usr/local/bin/etcd"]`,
    'kubernetes-csi/external-attacher': plain('csi-attacher'),
    'kubernetes-csi/external-provisioner': plain('csi-provisioner'),
    'kubernetes-csi/external-resizer': plain('csi-resizer'),
    'kubernetes-csi/external-snapshotter/csi-snapshotter': plain('csi-snapshotter'),
    'kubernetes-csi/external-snapshotter/snapshot-controller': plain('snapshot-controller'),
    'kubernetes-csi/external-snapshotter/snapshot-validation-webhook': plain('snapshot-validation-webhook'),
    'kubernetes-csi/livenessprobe': plain('livenessprobe'),
    'kubernetes-csi/node-driver-registrar': plain('csi-node-driver-registrar'),
    'kubernetes-sigs/aws-iam-authenticator': `${minimal}; /aws-iam-authenticator; USER aws-iam-authenticator; ENTRYPOINT ["/aws-iam-authenticator"]`,
    'kubernetes-sigs/metrics-server': `${minimal}; /metrics-server; USER 65534; ENTRYPOINT ["/metrics-server"]`,
    'kubernetes/cloud-provider-aws/cloud-controller-manager':
      'kubernetes/go-runner; /bin/aws-cloud-controller-manager; ENTRYPOINT ["/bin/aws-cloud-controller-manager"]',
    'kubernetes/go-runner': plain('go-runner'),
    'kubernetes/kube-apiserver': server('kube-apiserver', 'go-runner'),
    'kubernetes/kube-controller-manager': server('kube-controller-manager', 'go-runner'),
    'kubernetes/kube-proxy': server('kube-proxy', 'kube-proxy-base'),
    'kubernetes/kube-proxy-base': `${minimal}-iptables; /go-runner; ENTRYPOINT ["/go-runner"]`,
    'kubernetes/kube-scheduler': server('kube-scheduler', 'go-runner'),
    'kubernetes/pause': `${minimal}-nonroot; /pause; USER 65532; ENTRYPOINT ["/pause"]`,
  });
});

test('those of spring 2022 on an old branch stand on the whole distribution', () => {
  const images = summaryOf(spring2022);
  assert.is(
    images['kubernetes/go-runner'],
    'eks-distro-base; /usr/local/bin/go-runner; ENTRYPOINT ["/usr/local/bin/go-runner"]',
  );
  assert.is(
    images['kubernetes-sigs/metrics-server'],
    'eks-distro-base; /metrics-server; ENTRYPOINT ["/metrics-server"]',
  );
  assert.is(
    images['coredns/coredns'],
    'eks-distro-base; /coredns; EXPOSE 53 53/udp; ENTRYPOINT ["/coredns"]',
  );
  assert.is(images['kubernetes/pause'], 'scratch; /pause; ENTRYPOINT ["/pause"]');
});

test('external-snapshotter 8.2 has no webhook any more', () => {
  const names = [...imagesOf({ ...may2024, tag: 'v8.2.0' }).keys()].filter((name) =>
    name.includes('webhook'),
  );
  assert.equal(names, []);
});

test('every program in an image is made by a build of its project', () => {
  for (const { name, decoded } of findRecipes('projects')) {
    if (!decoded.ok) continue;
    const { builds, cBuilds, images } = decoded.value;
    const made = [
      ...cBuilds.map(({ program }) => program),
      ...builds.flatMap(({ programs }) =>
        programs.map((program) => program.name ?? program.package.split('/').at(-1)),
      ),
    ];
    for (const image of images)
      for (const program of image.programs) assert.ok(made.includes(program), `${name}: ${program}`);
  }
});

test.run();
