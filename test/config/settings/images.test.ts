import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { settingsSchema } from '../../../orchestrator/config/settings/settings.ts';
import { decodeYaml } from '../../../orchestrator/config/yaml.ts';

function complaints(text: string): string {
  const decoded = decodeYaml('eksd-rebuild.yaml', text, settingsSchema);
  return decoded.ok ? '' : decoded.error.map(({ message }) => message).join('; ');
}

const digest = `sha256:${'a'.repeat(64)}`;

test('builders: one or several a platform, an address for short', () => {
  const text = `builders:
  linux/amd64: unix:///run/buildkit/buildkitd.sock
  linux/arm64: [unix:///run/one.sock, { buildx: fleet, slots: 2 }]
`;
  const decoded = decodeYaml('eksd-rebuild.yaml', text, settingsSchema);
  assert.equal(decoded.ok && decoded.value.value.builders, {
    'linux/amd64': [{ address: 'unix:///run/buildkit/buildkitd.sock' }],
    'linux/arm64': [{ address: 'unix:///run/one.sock' }, { buildx: 'fleet', slots: 2 }],
  });
});

test('compilers: an image for short, or with the name of gcc and the platform that it runs on', () => {
  const image = `registry.example.com/gcc@${digest}`;
  const text = `images:
  compilers:
    linux/amd64: '${image}'
    linux/arm64: { image: '${image}', gcc: aarch64-linux-gnu-gcc, on: linux/amd64 }
`;
  const decoded = decodeYaml('eksd-rebuild.yaml', text, settingsSchema);
  assert.equal(decoded.ok && decoded.value.value.images?.compilers, {
    'linux/amd64': { image, gcc: 'gcc' },
    'linux/arm64': { image, gcc: 'aarch64-linux-gnu-gcc', on: 'linux/amd64' },
  });
});

test('what is no setting of images is found', () => {
  const wrong: readonly (readonly [string, string])[] = [
    ['images: { base: alpine }', 'images.base'],
    ['images: { bases: { a: registry.example.com/a:1 } }', 'the image has no digest'],
    [`images: { bases: { a: 'team/a@${digest}' } }`, 'the image has no registry in front'],
    ['images: { bases: { a: registry.example.com/a@sha256:12 } }', 'the image has a digest that is no'],
    ['images: { cache: x }', 'unknown field "cache"'],
    ['images: { compilers: { linux/amd64: registry.example.com/gcc:12 } }', 'images.compilers'],
    [`images: { compilers: { amd64: 'registry.example.com/gcc@${digest}' } }`, 'images.compilers'],
    [
      `images: { compilers: { linux/arm64: { image: 'r.example.com/gcc@${digest}', gcc: -c } } }`,
      'images.compilers',
    ],
    ['builders: { linux/amd64: [] }', 'builders'],
    ['builders: { linux/amd64: { address: builder.example.com } }', 'builders'],
    ['builders: { amd64: unix:///run/one.sock }', 'builders'],
    ['registries: { registry.example.com: { insecure: yes } }', 'registries'],
    ['registries: { registry.example.com: { password: x } }', 'unknown field "password"'],
  ];
  for (const [text, why] of wrong) {
    const said = complaints(`${text}\n`);
    assert.ok(said.includes(why), `${text}: ${said}`);
  }
  const good = `images: { bases: { a: 'registry.example.com/a:1@${digest}' }, cacheTo: ['type=local,dest=/c'] }`;
  assert.is(complaints(`${good}\n`), '');
});

test.run();
