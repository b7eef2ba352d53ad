import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { type PlaceState, planPublication, refusalOf } from '../../orchestrator/publish/plan.ts';
import type { ObjectState } from '../../orchestrator/publish/s3/state.ts';
import type { SiteFile } from '../../orchestrator/publish/site-file.ts';

const file = (path: string): SiteFile => {
  const sha256 = digestOf(path);
  return { path, size: 10, sha256, sha512: '', parts: [sha256] };
};

const site = {
  files: {
    crds: [file('crds/a')],
    artifacts: [file('one'), file('two')],
    manifest: file('manifest'),
    channel: file('channel'),
  },
  channel: { name: '1-30', active: true, latestRelease: 5 },
};

const different: ObjectState = { is: 'different', etag: '"e"' };
const same: ObjectState = { is: 'same' };

/** What becomes of the files, as words: action and what there is to say. */
function fates(
  there: Readonly<Record<string, ObjectState>>,
  channel?: PlaceState['channel'],
  overwrite = false,
) {
  const files = new Map(
    ['crds/a', 'one', 'two', 'manifest'].map((path) => [path, there[path] ?? { is: 'absent' as const }]),
  );
  const plan = planPublication(site, { files, channel, strangers: [], leftovers: [] }, { overwrite });
  const shown = plan.objects.map(
    (each) =>
      `${each.file.path} ${each.action}${'condition' in each ? ` if ${JSON.stringify(each.condition)}` : ''}`,
  );
  return { plan, shown, refused: refusalOf(plan, (path) => `s3://b/${path}`) };
}

/** A channel that is there. */
const channel = (latestRelease: number, isSame = false, name = '1-30') => ({
  ...{ etag: '"c"', isSame, channel: { name, active: true, latestRelease } },
});

test('an empty place gets everything, what points after what is pointed at', () => {
  const { plan, shown, refused } = fates({});
  assert.equal(
    shown,
    ['crds/a', 'one', 'two', 'manifest', 'channel'].map((path) => `${path} upload if "absent"`),
  );
  assert.equal([plan.bytes, refused], [{ upload: 50, there: 0 }, undefined]);
});

test('where all is there, nothing is written', () => {
  const all = { 'crds/a': same, one: same, two: same, manifest: same };
  const { plan, shown } = fates(all, channel(5, true));
  assert.ok(shown.every((each) => each.endsWith(' there')));
  assert.equal(plan.bytes, { upload: 0, there: 50 });
});

test('a run that broke off goes on, also where a manifest names what is missing', () => {
  assert.equal(fates({ one: same, manifest: same }, channel(5, true)).shown.slice(1), [
    'one there',
    'two upload if "absent"',
    'manifest there',
    'channel there',
  ]);
});

test('other bytes are refused; without a manifest --overwrite replaces them, and what it saw alone', () => {
  const { refused } = fates({ one: different });
  assert.ok(refused?.reason === 'usage');
  assert.match(refused.message, 's3://b/one is there with other bytes; --overwrite replaces it');
  assert.equal(fates({ one: different }, undefined, true).shown[1], 'one replace if {"etag":"\\"e\\""}');
  for (const overwrite of [false, true]) {
    const named = fates({ one: different, manifest: same }, undefined, overwrite);
    assert.match(JSON.stringify(named.refused), 'a manifest names it: it is never replaced');
    assert.match(
      JSON.stringify(fates({ manifest: different }, undefined, overwrite).refused),
      'publish under another number',
    );
  }
});

test('a CRD that is there stays, unless it is asked for', () => {
  assert.is(fates({ 'crds/a': different }).shown[0], 'crds/a keep');
  assert.is(fates({ 'crds/a': different }).refused, undefined);
  assert.is(fates({ 'crds/a': different }, undefined, true).shown[0], 'crds/a replace if {"etag":"\\"e\\""}');
});

test('a channel only moves forward', () => {
  const of = (there: PlaceState['channel'], overwrite = false) => fates({}, there, overwrite).shown.at(-1);
  const moved = 'channel replace if {"etag":"\\"c\\""}';
  assert.is(of(channel(4)), moved);
  assert.is(of(channel(6)), 'channel keep');
  assert.is(of(channel(6), true), 'channel keep');
  assert.is(of(channel(5)), 'channel keep');
  assert.is(of(channel(5), true), moved);
  assert.match(JSON.stringify(fates({}, channel(4, false, '1-29')).refused), 'is there as that of 1-29');
});

test.run();
