import * as assert from 'uvu/assert';
import { openPins } from '../../../orchestrator/commands/import/open-pins.ts';
import type { Failure } from '../../../orchestrator/core/failure.ts';
import { noBaseDigests } from '../../../orchestrator/run/upstream/base-digests.ts';
import { noGoDownloads } from '../../../orchestrator/run/upstream/go-downloads.ts';
import { baseImage } from '../../rig/image-lock.ts';
import { ociSha } from '../../rig/image-report.ts';
import { samplePins } from '../../rig/pins.ts';
import { suite } from '../../rig/suite.ts';

const test = suite('what an import leaves open');

const silent: Failure = { reason: 'network', what: 'asking public.ecr.aws', detail: 'no route' };
const told =
  'The network failed while asking public.ecr.aws: no route. Try again; what was finished is kept.';
const reached = { of: async () => undefined, failure: () => undefined };

function open(bases: readonly string[], failures: ReadonlyMap<string, Failure> = new Map()) {
  const pins = { ...samplePins(), baseImages: bases.map(baseImage) };
  return openPins(pins, { baseDigests: { ...noBaseDigests, failures }, goDownloads: reached });
}

test('bases by tag alone: which, why once, what follows, and how to pin them', () => {
  const failures = new Map([
    ['a:1', silent],
    ['b:2', silent],
  ]);
  assert.equal(open(['a 1', 'b 2', `c 3 ${ociSha('c')}`], failures), [
    '2 base images pinned by tag alone: a, b',
    `  ${told}`,
    '  images of this lock stand on what these tags point at on the day when they are made',
    '  to pin them, import again with their registry in reach ("mirrors" in the settings may lead to another)',
  ]);
});

test('an import that asks nobody says so', () => {
  assert.equal(open(['a 1']).slice(0, 2), ['1 base image pinned by tag alone: a', '  nobody was asked']);
});

test('a lock that has all of them has nothing open', () => {
  assert.equal(open([`a 1 ${ociSha('a')}`]), []);
});

test('archives of Go: open where their site was not asked, or said nothing', () => {
  const { goDownloads: _, ...pins } = { ...samplePins(), baseImages: [] };
  const first = (goDownloads: typeof noGoDownloads) => {
    return openPins(pins, { baseDigests: noBaseDigests, goDownloads }).slice(0, 2);
  };
  const title = 'no archive of Go is pinned by SHA-256';
  assert.equal(first(noGoDownloads), [title, '  nobody was asked']);
  assert.equal(first({ ...reached, failure: () => silent }), [title, `  ${told}`]);
  assert.equal(first(reached), [], 'the site has none of these versions');
});

test.run();
