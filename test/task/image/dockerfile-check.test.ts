import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkDockerfile } from '../../../orchestrator/task/image/dockerfile-check.ts';

const use = { file: 'Dockerfile', platform: 'linux/arm64', hasBase: true } as const;

/** Complaints as `line: message`. */
function check(text: string, hasBase = true): readonly string[] {
  return checkDockerfile(text, { ...use, hasBase }).map(
    ({ location, message }) => `${location.line}: ${message}`,
  );
}

test('stages, a base and scratch are all that an image stands on', () => {
  const text = [
    '# A comment',
    'FROM base AS Tools',
    'RUN --mount=type=bind,from=base,target=/b --network=none ["/bin/make"]',
    'FROM base AS for-arm64',
    'FROM scratch AS files',
    'COPY --from=0 /a /a',
    'COPY --chown=1:1 --from=tools /a /b',
    `FROM for-$${'{TARGETARCH}'}`,
    'COPY --from=files /a \\',
    '  # a comment in between',
    '  /b',
    'USER 65532',
    'ENTRYPOINT ["/a"]',
  ];
  assert.equal(check(text.join('\n')), []);
});

const refused: Readonly<Record<string, readonly string[]>> = {
  'FROM docker.io/library/busybox': [
    '1: FROM names "docker.io/library/busybox", which is no part of the release',
  ],
  'ARG X=base\nFROM $X': ['2: FROM names "$X", which is no part of the release'],
  'FROM for-$TARGETARCH': ['1: FROM names "for-$TARGETARCH", which is no part of the release'],
  'FROM --platform=linux/amd64 base': ['1: FROM takes no --platform=linux/amd64 here'],
  'FROM base AS scratch': ['1: a stage cannot be called scratch'],
  'FROM base\nCOPY --from=golang:1.21 /a /a': [
    '2: COPY --from names "golang:1.21", which is no part of the release',
  ],
  'FROM base\nCOPY --from=0 /a /a': ['2: COPY --from names "0", which is no part of the release'],
  'FROM base\nRUN --mount=type=bind,from=golang,target=/g x': [
    '2: RUN --from names "golang", which is no part of the release',
  ],
  'FROM base\nRUN --mount=type=cache,target=/c x': [
    '2: a mount of type cache brings in what is not in the context',
  ],
  'FROM base\nRUN --mount=target=/s,type=secret x': [
    '2: a mount of type secret brings in what is not in the context',
  ],
  'FROM base\nRUN --network=host x': ['2: RUN takes no --network=host here'],
  'FROM base\nRUN --security=insecure x': ['2: RUN takes no --security=insecure here'],
  'FROM base\nADD https://example.com/a.tar /a': ['2: ADD may fetch'],
  'FROM base\nADD --checksum=sha256:a b.tar /a': ['2: ADD may fetch'],
  'FROM base\nADD a.tar b.tar /a': ['2: ADD may fetch'],
  'FROM base\nADD a.tar /': [],
  'FROM base\nONBUILD COPY a /a': ['2: ONBUILD is no instruction for images here'],
  'FROM base\nENV A=${BUILDARCH}': ['2: BUILDARCH depends on the machine that builds'],
  '# syntax=docker/dockerfile:1\nFROM base': ['1: a "syntax" line has another program read this file'],
  '#!/x\n#  Syntax = a\nFROM base': ['2: a "syntax" line has another program read this file'],
  '// syntax=a\nFROM base': ['1: a "syntax" line has another program read this file'],
  '# escape=`\nFROM base': ['1: "escape" is not supported'],
  '': ['1: there is no FROM'],
  'COPY a /a': ['1: there is no FROM'],
};

for (const [text, complaints] of Object.entries(refused)) {
  test(`refused: ${JSON.stringify(text)}`, () => assert.equal(check(text), complaints));
}

test('what continues over lines is read as one, and told at its beginning', () => {
  const text = 'FROM scratch\n\n  COPY \\\n    --from=golang \\\n /a /a\n';
  const [complaint, ...others] = checkDockerfile(text, use);
  assert.equal([complaint?.location.line, complaint?.location.column, others.length], [3, 3, 0]);
});

test('bodies of here-documents are no instructions', () => {
  const text = 'FROM base\nCOPY <<EOF <<-"END" /a/\nADD https://example.com\nEOF\nFROM x\n\tEND\nADD b /b\n';
  assert.equal(check(text), ['7: ADD may fetch']);
});

test('without a base, nothing stands on it', () => {
  assert.equal(check('FROM base', false), ['1: FROM names "base", which is no part of the release']);
  assert.equal(check('FROM scratch', false), []);
});

test('no Dockerfile of the projects brings in anything', () => {
  const projects = fileURLToPath(new URL('../../../projects', import.meta.url));
  const files = readdirSync(projects, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /Dockerfile$/.test(file),
  );
  assert.ok(files.length > 10);
  for (const file of files) assert.equal(check(readFileSync(join(projects, file), 'utf8')), [], file);
});

test.run();
