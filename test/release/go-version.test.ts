import * as assert from 'uvu/assert';
import { attributionGo, chooseGo, makefileGo } from '../../orchestrator/release/go-version.ts';
import { suite } from '../rig/suite.ts';

const test = suite('go version');

const attributions: readonly (readonly [text: string, expected: string | undefined])[] = [
  ['** golang.org/go; version go1.21.10 --\nhttps://github.com/golang/go\n', '1.21.10 in line 1'],
  ['\n\n** golang.org/x/go; version v1.2.3 --\n** golang.org/go; version go1.13 --', '1.13 in line 4'],
  ['** golang.org/go; version 1.16.15\n', '1.16.15 in line 1'],
  ['** golang.org/go; version go1.22rc1 --\n', '1.22rc1 in line 1'],
  ['see ** golang.org/go; version go1.21.10 --\n', undefined],
  ['** golang.org/go; version devel --\n', undefined],
  ['** golang.org/go; version go1.21.10.1 --\n', undefined],
];
for (const [text, expected] of attributions) {
  test(`${JSON.stringify(text)} says ${expected ?? 'nothing'}`, () => {
    const found = attributionGo(text);
    assert.is(found && `${found.version} in line ${found.line}`, expected);
  });
}

const makefiles: readonly (readonly [text: string, expected: string | undefined])[] = [
  ['REPO=x\nGOLANG_VERSION?="1.16"\n', '1.16 in line 2'],
  ['GOLANG_VERSION ?= 1.13\n', '1.13 in line 1'],
  ['GOLANG_VERSION?=$(shell cat $(RELEASE_BRANCH)/GOLANG_VERSION)\n', undefined],
];
for (const [text, expected] of makefiles) {
  test(`${JSON.stringify(text)} asks for ${expected ?? 'nothing'}`, () => {
    const found = makefileGo(text);
    assert.is(found && `${found.version} in line ${found.line}`, expected);
  });
}

/** Measured by rebuilding, where a release is named: the Go that is chosen gave the published bytes. */
const witnesses: readonly (readonly [why: string, attribution: string, builder: string, chosen: string])[] = [
  ['both agree', '1.21.10 current', '1.21.10', '1.21.10 attribution'],
  ['both agree, though ATTRIBUTION.txt is old', '1.21.10 old', '1.21.10', '1.21.10 attribution'],
  ['go-runner of v1-35-eks-6: ATTRIBUTION.txt is old', '1.24.11 old', '1.24.13', '1.24.13 builder'],
  ['go-runner of v1-36-eks-6: it is old', '1.25.0 old', '1.25.12', '1.25.12 builder'],
  ['external-attacher of v1-32-eks-8: it is old', '1.23.6 old', '1.23.7', '1.23.7 builder'],
  ['go-runner of v1-35-eks-11: it is of another Go release', '1.25.0 current', '1.24.13', '1.24.13 builder'],
  [
    'aws-iam-authenticator of v1-34-eks-8: the image was not in use yet',
    '1.25.1 current',
    '1.25.3',
    '1.25.1 attribution',
  ],
  ['there is no builder', '1.21.10 old', '', '1.21.10 attribution'],
  ['there is no ATTRIBUTION.txt', '', '1.21.10', '1.21.10 builder'],
];
for (const [why, first, second, expected] of witnesses) {
  test(`${why}: ${expected}`, () => {
    const [version = '', age] = first.split(' ');
    const attribution =
      first === '' ? undefined : { version, read: 'attribution', isCurrent: age === 'current' };
    const builder = second === '' ? undefined : { version: second, read: 'builder' };
    const chosen = chooseGo({ attribution, builder });
    assert.is(`${chosen?.version} ${chosen?.read}`, expected);
    const others = [attribution, builder].filter((each) => each !== undefined && each.read !== chosen?.read);
    assert.equal(
      chosen?.others,
      others.map((each) => ({ version: each?.version, read: each?.read })),
    );
  });
}

test('nothing to go by gives nothing', () => {
  assert.is(chooseGo({ attribution: undefined, builder: undefined }), undefined);
});

test.run();
