import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { kopsCluster } from '../../orchestrator/cluster/kops.ts';
import { kopsFile } from '../../orchestrator/cluster/kops-file.ts';
import { must } from '../cluster/eras.ts';
import {
  clusterRelease,
  committedLock,
  committedRecipes,
  committedReleases,
} from '../rig/committed-releases.ts';
import { strictSchema } from '../rig/open-api-schema.ts';

/**
 * kOps' definition of a Cluster, `k8s/crds/kops.k8s.io_clusters.yaml` of kubernetes/kops: no package registry has it, so the
 * environment says where a copy is.
 */
const file = process.env['EKSD_REBUILD_KOPS_CRD'];
const withDefinition = file === undefined ? test.skip : test;
const definition = file === undefined ? '' : readFileSync(file, 'utf8');

withDefinition('the Cluster of every release is one by the definition of kOps', () => {
  const complaints = strictSchema(definition, 'v1alpha2');
  const recipes = committedRecipes();
  for (const name of committedReleases()) {
    const release = clusterRelease(committedLock(name), recipes);
    for (const mirrors of [
      { images: false, files: undefined },
      { images: true, files: 'https://files.example.com' },
    ]) {
      const text = kopsFile(release, must(kopsCluster(release, mirrors)));
      assert.equal(complaints(parse(text)), [], name);
    }
  }
});

withDefinition('a member that kOps does not know is refused', () => {
  const complaints = strictSchema(definition, 'v1alpha2');
  const release = clusterRelease(committedLock('v1-34-eks-2'), committedRecipes());
  const { spec, ...rest } = must(kopsCluster(release, { images: false, files: undefined }));
  const wrong = [
    { ...spec, kubeApiServer: { image: 'x' } },
    { ...spec, kubeProxy: { ...spec.kubeProxy, tag: 'x' } },
    { ...spec, metricsServer: { image: ['x'] } },
  ];
  for (const each of wrong) assert.is(complaints({ ...rest, spec: each }).length, 1);
});

test('the reader of definitions closes what is open', () => {
  const type = 'object';
  const complaints = strictSchema(
    JSON.stringify({
      spec: {
        versions: [
          { name: 'v1', schema: { openAPIV3Schema: { type: 'string' } } },
          {
            name: 'v2',
            schema: {
              openAPIV3Schema: {
                type,
                properties: {
                  list: { type: 'array', items: { type, properties: { properties: { type: 'string' } } } },
                  free: { type, properties: {}, 'x-kubernetes-preserve-unknown-fields': true },
                  map: { type, additionalProperties: { type, properties: { a: { type: 'string' } } } },
                },
              },
            },
          },
        ],
      },
    }),
    'v2',
  );
  assert.equal(complaints({ list: [{ properties: 'x' }], free: { a: 1 }, map: { x: { a: 'b' } } }), []);
  for (const wrong of [{ other: 1 }, { list: [{ a: 'x' }] }, { map: { x: { b: 'c' } } }, { list: 'x' }]) {
    assert.is(complaints(wrong).length, 1, JSON.stringify(wrong));
  }
});

test.run();
