import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { describeFailure } from '../../orchestrator/core/describe-failure.ts';
import { exitCodeOf } from '../../orchestrator/core/exit-code.ts';
import type { Failure } from '../../orchestrator/core/failure.ts';
import type { Result } from '../../orchestrator/core/result.ts';
import { digestOfFolder } from '../../orchestrator/tool/tar/folder-digest.ts';
import { verdictOfFailure } from '../../orchestrator/verdict/verify/classify-failure.ts';
import { answers, type OutsideAnswer, saidToWait, strangeAnswers } from '../rig/answering.ts';
import { parts } from '../rig/fetching-parts.ts';
import { fetchGo, fetchModule, type OutsideWorld, startOutside } from '../rig/outside-world.ts';
import { suite } from '../rig/suite.ts';
import { writeFiles } from '../rig/world.ts';

const test = suite<OutsideWorld>('what the outside world can answer');

test.before(async (context, defer) => void Object.assign(context, await startOutside(defer)));

/** What each answer means, whoever is asked; `absent` is said by each part in a way of its own. */
const meanings: Readonly<Record<(typeof answers)[number], Failure['reason'] | 'absent'>> = {
  '400': 'fetch-failed',
  '401': 'absent',
  '403': 'absent',
  '404': 'absent',
  '410': 'absent',
  '429': 'rate-limited',
  '500': 'network',
  '503': 'network',
  cut: 'network',
  tls: 'usage',
  refused: 'network',
  'no host': 'network',
};

const absent: Readonly<Record<string, Failure['reason']>> = {
  git: 'source-unavailable',
  toolchain: 'toolchain-unavailable',
  'toolchain archive': 'toolchain-unavailable',
  'toolchain packages': 'toolchain-unavailable',
  'toolchain source': 'source-unavailable',
  module: 'module-unavailable',
  'checksum database, of a toolchain': 'toolchain-unavailable',
  'checksum database, of a module': 'module-unavailable',
  'package repository': 'source-unavailable',
  download: 'source-unavailable',
  registry: 'usage',
  AWS: 'usage',
};

/** By which setting a user leads each part elsewhere. */
const settingOf: Readonly<Record<string, RegExp>> = {
  git: /mirrors|sslCAInfo/,
  toolchain: /GOPROXY|SSL_CERT_FILE/,
  'toolchain archive': /toolchains\.versions|NODE_EXTRA_CA_CERTS/,
  'toolchain packages': /toolchains\.versions|NODE_EXTRA_CA_CERTS/,
  'toolchain source': /mirrors|sslCAInfo/,
  module: /GOPROXY|SSL_CERT_FILE/,
  'checksum database, of a toolchain': /GOSUMDB|SSL_CERT_FILE/,
  'checksum database, of a module': /GOSUMDB|GONOSUMDB|SSL_CERT_FILE/,
  'package repository': /mirrors|NODE_EXTRA_CA_CERTS/,
  download: /mirrors|NODE_EXTRA_CA_CERTS/,
  registry: /mirrors|registries|docker login|signed in/,
  AWS: /"ecr"|NODE_EXTRA_CA_CERTS/,
};

for (const [part, ask] of Object.entries(parts)) {
  test(`${part}: each answer has its class, and its words`, async (context) => {
    const wrong: string[] = [];
    const check = async (answer: (typeof answers)[number]) => {
      const result = await ask(context, context.urls[answer], answer);
      if (result.ok) {
        wrong.push(`${answer}: taken for good`);
        return;
      }
      const failure = result.error;
      const said = describeFailure(failure);
      const meaning = meanings[answer];
      const reason = meaning === 'absent' ? absent[part] : meaning;
      const complain = (why: string) => wrong.push(`${answer}: ${why}: ${JSON.stringify(failure)}`);
      if (failure.reason !== reason) complain(`not ${reason}`);
      if (exitCodeOf(failure.reason) !== (reason === 'usage' ? 2 : 4)) complain('its exit code');
      if (verdictOfFailure(failure) === 'build-failed') complain('a build that failed');
      const isPassing = reason === 'network' || reason === 'rate-limited';
      if (!isPassing && settingOf[part]?.test(said) !== true) complain(`names no setting: ${said}`);
      if (answer === '429' && part === 'registry' && !said.includes(`${saidToWait / 3600} hours`))
        complain('not for how long');
      if (answer === '429' && part !== 'AWS' && !said.includes(new URL(context.urls[answer]).host))
        complain('not who');
    };
    await Promise.all(answers.map(check));
    assert.equal(wrong, [], wrong.join('\n'));
  });
}

/** What a part may take for what it asked for: a file that nobody has said what it is. */
const mayBe: Readonly<Record<string, RegExp>> = {
  'package repository': /^(page|unpacked)$/,
  download: /^(page|unpacked)$/,
};

for (const [part, ask] of Object.entries(parts)) {
  test(`${part}: what is no answer to it is neither taken nor a build that failed`, async (context) => {
    const wrong: string[] = [];
    const check = async (answer: OutsideAnswer) => {
      const result = await ask(context, context.urls[answer], answer);
      if (result.ok) {
        if (mayBe[part]?.test(answer) !== true) wrong.push(`${answer}: taken for good`);
        return;
      }
      const { error } = result;
      // It has a checksum, which speaks against the page.
      if (
        /^toolchain (archive|packages)$/.test(part) &&
        error.reason === 'digest-mismatch' &&
        /^(page|empty|unpacked)$/.test(answer)
      )
        return;
      if (exitCodeOf(error.reason) !== 4 || verdictOfFailure(error) === 'build-failed')
        wrong.push(`${answer}: ${JSON.stringify(error)}`);
    };
    await Promise.all(strangeAnswers.map(check));
    assert.equal(wrong, [], wrong.join('\n'));
  });
}

test('a setting that forbids fetching is what is at fault, and is named', async (context) => {
  const { served } = context;
  const forbidden: readonly (readonly [string, Promise<Result<unknown, Failure>>])[] = [
    ['GOPROXY', fetchGo(context, { GOPROXY: 'off' })],
    ['GOSUMDB', fetchGo(context, { GOPROXY: served, GOSUMDB: 'off' })],
    ['GOPROXY', fetchModule(context, { GOPROXY: 'off' })],
  ];
  for (const [setting, asked] of forbidden) {
    const result = await asked;
    assert.ok(!result.ok);
    const said = describeFailure(result.error);
    assert.is(exitCodeOf(result.error.reason), 2, said);
    assert.match(said, setting);
  }
});

test('any failure of one source of a Go leads to the next, but for what is forged', async (context) => {
  const { urls, proxy, served, folder } = context;
  const ways = [
    ...answers.map((answer) => ({ GOPROXY: urls[answer] })),
    ...answers.map((answer) => ({ GOPROXY: proxy, GOSUMDB: `sum.golang.org ${urls[answer]}` })),
    ...[{ GOPROXY: 'off' }, { GOPROXY: served, GOSUMDB: 'off' }, { GOPROXY: 'no proxy at all' }],
  ];
  const goroot = join(folder, 'given');
  writeFiles(join(goroot, 'bin'), { go: '#!/bin/sh\necho go version go1.99.0 linux/amd64\n' });
  chmodSync(join(goroot, 'bin', 'go'), 0o755);
  const given = { kind: 'goroot', folder: goroot, digest: await digestOfFolder(goroot) } as const;
  for (const fetching of ways) {
    const taken = await fetchGo(context, fetching, [{ kind: 'module-proxy' }, given]);
    assert.ok(taken.ok, `${JSON.stringify(fetching)}: ${JSON.stringify(taken)}`);
  }
});

test('what go.sum vouches for needs no word of the checksum database, and what was not said is told', async (context) => {
  const { urls, proxy } = context;
  for (const answer of answers) {
    const database = `sum.golang.org ${urls[answer]}`;
    const made = await fetchModule(context, { GOPROXY: proxy, GOSUMDB: database }, 'vouched');
    assert.ok(made.ok, `${answer}: ${JSON.stringify(made)}`);
    assert.is(made.value.notes?.length, 1);
    assert.match(made.value.notes?.[0] ?? '', `example.com/m@v1.0.0`);
    // Whoever does not answer may another day; what it does not know it says for good.
    const isUnknown = meanings[answer] === 'absent';
    assert.is(made.value.lacked, isUnknown ? undefined : 'example.com/m@v1.0.0', answer);
  }
});

test.run();
