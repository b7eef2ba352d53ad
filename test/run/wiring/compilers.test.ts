import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { settingsSchema } from '../../../orchestrator/config/settings/settings.ts';
import { compilersOf } from '../../../orchestrator/run/wiring/compilers.ts';

const digest = `sha256:${'a'.repeat(64)}` as const;

function compilers(settings: object) {
  const { images = {} } = settingsSchema.parse({ images: settings });
  return [...compilersOf({ images })];
}

test('a compiler runs on the platform that it is for, unless the settings say otherwise', () => {
  const image = `mirror.example.com/gcc:12@${digest}`;
  const reference = { host: 'mirror.example.com', repository: 'gcc', tag: '12', digest };
  assert.equal(
    compilers({
      compilers: {
        'linux/amd64': image,
        'linux/arm64': { image, gcc: 'aarch64-linux-gnu-gcc', on: 'linux/amd64' },
      },
    }),
    [
      ['linux/amd64', { reference, gcc: 'gcc', on: 'linux/amd64' }],
      ['linux/arm64', { reference, gcc: 'aarch64-linux-gnu-gcc', on: 'linux/amd64' }],
    ],
  );
  assert.equal(compilers({}), []);
});

test.run();
