import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { settingsSchema } from '../../orchestrator/config/settings/settings.ts';
import { decodeYaml } from '../../orchestrator/config/yaml.ts';
import { placeSettings } from '../../orchestrator/workspace/place-settings.ts';

function placed(text: string) {
  const decoded = decodeYaml('eksd-rebuild.yaml', text, settingsSchema);
  if (!decoded.ok) throw new Error(JSON.stringify(decoded.error));
  return placeSettings(decoded.value.value, '/work/site');
}

test("a builder's PEM files are where the settings are; its server's name and address are no files", () => {
  const { builders } = placed(`builders:
  linux/amd64:
    address: tcp://builder.example.com:1234
    tls: { ca: tls/ca.pem, cert: /etc/cert.pem, key: ../key.pem, serverName: builder }
    slots: 2
  linux/arm64: [unix:///run/one.sock, { buildx: fleet }]
`);
  assert.equal(builders, {
    'linux/amd64': [
      {
        address: 'tcp://builder.example.com:1234',
        slots: 2,
        tls: {
          ca: '/work/site/tls/ca.pem',
          cert: '/etc/cert.pem',
          key: '/work/key.pem',
          serverName: 'builder',
        },
      },
    ],
    'linux/arm64': [{ address: 'unix:///run/one.sock' }, { buildx: 'fleet' }],
  });
});

test("so are a registry's", () => {
  const { registries } = placed(`registries:
  registry.example.com: { ca: ca.pem, cert: c.pem, key: /k.pem }
  localhost:5000: { insecure: loopback }
`);
  assert.equal(registries, {
    'registry.example.com': { ca: '/work/site/ca.pem', cert: '/work/site/c.pem', key: '/k.pem' },
    'localhost:5000': { insecure: 'loopback' },
  });
});

test("folders of BuildKit's caches are where the settings are, and nothing else of its options", () => {
  const { images } = placed(`images:
  cacheFrom: ['type=local,src=cache/{name}', 'type=registry,ref=registry.example.com/src=x', 'src=/var/c,type=local']
  cacheTo: ['type=local,"dest=../a, b",mode=max', 'type=s3,region=x,bucket=dest=y']
  published: registry.example.com/eks
`);
  assert.equal(images, {
    cacheFrom: [
      'type=local,src=/work/site/cache/{name}',
      'type=registry,ref=registry.example.com/src=x',
      'src=/var/c,type=local',
    ],
    cacheTo: ['type=local,"dest=/work/a, b",mode=max', 'type=s3,region=x,bucket=dest=y'],
    published: 'registry.example.com/eks',
  });
});

test('a policy for ECR is its JSON, or a path', () => {
  const { ecr } = placed(`ecr:
  scanOnPush: true
  lifecyclePolicy: policies/keep.json
  repositoryPolicy: ' { "Version": "2012-10-17" }'
`);
  assert.equal(ecr, {
    scanOnPush: true,
    lifecyclePolicy: '/work/site/policies/keep.json',
    repositoryPolicy: ' { "Version": "2012-10-17" }',
  });
});

test("keys of a distribution's packages are URLs or paths", () => {
  const key = (from: string) => ({ id: 'c87f5b1a-593863f8', from, sha256: 'a'.repeat(64) });
  const lines = ['keys/one.asc', 'https://cdn.example.com/two.asc', '/three.asc'].map(
    (from) => `      - { id: ${key(from).id}, from: '${from}', sha256: ${key(from).sha256} }\n`,
  );
  const { distributions } = placed(`distributions:\n  al2:\n    keys:\n${lines.join('')}`);
  assert.equal(distributions?.al2?.keys, [
    key('/work/site/keys/one.asc'),
    key('https://cdn.example.com/two.asc'),
    key('/three.asc'),
  ]);
});

test('what is no place stays as it is, and what is not there is not made', () => {
  const text = `images:
  base: al2
  bases: { eks-distro-minimal-base: 'registry.example.com/a@sha256:${'a'.repeat(64)}' }
  cacheFrom: ['type=registry,ref=registry.example.com/cache']
mirrors: { public.ecr.aws/: localhost:5000/copies/, 'https://git.example/': ../git/ }
`;
  assert.equal(placed(text), {
    images: {
      base: 'al2',
      bases: { 'eks-distro-minimal-base': `registry.example.com/a@sha256:${'a'.repeat(64)}` },
      cacheFrom: ['type=registry,ref=registry.example.com/cache'],
    },
    mirrors: { 'public.ecr.aws/': 'localhost:5000/copies/', 'https://git.example/': '/work/git/' },
  });
});

test.run();
