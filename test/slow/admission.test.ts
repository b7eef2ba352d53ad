import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { parse } from 'yaml';
import { equivalenceType } from '../../orchestrator/statement/predicates.ts';
import { strictSchema } from '../rig/open-api-schema.ts';
import { suite } from '../rig/suite.ts';

const test = suite<{ folder: string }>('admission policies');

test.before((context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'admission-'));
  defer(() => rmSync(context.folder, { recursive: true }));
});

/** A file of a Go module, out of the module cache: what a project itself gives to API servers. */
function fileOf(folder: string, module: string, path: string): string {
  const env = { ...process.env, GOFLAGS: '-mod=mod', GOWORK: 'off' };
  const said = execFileSync('go', ['mod', 'download', '-json', module], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  const { Dir = '' } = JSON.parse(said) as { Dir?: string };
  return readFileSync(join(Dir, path), 'utf8');
}

const policies = [
  {
    file: 'kyverno.yaml',
    module: 'github.com/kyverno/kyverno@v1.19.1',
    path: 'config/crds/kyverno/kyverno.io_clusterpolicies.yaml',
    version: 'v1',
  },
  {
    file: 'policy-controller.yaml',
    module: 'github.com/sigstore/policy-controller@v0.13.1',
    path: 'config/300-clusterimagepolicy.yaml',
    version: 'v1beta1',
  },
] as const;

for (const { file, module, path, version } of policies) {
  test(`${file} is what ${module} takes, and asks for our statement`, ({ folder }) => {
    const check = strictSchema(fileOf(folder, module, path), version);
    // Of the rest, which every object has, one of the two says nothing: an API server knows it.
    const complaintsOf = (policy: { readonly spec: object }) => check({ spec: policy.spec });
    const text = readFileSync(join('examples', 'admission', file), 'utf8');
    const policy = parse(text);
    assert.equal(complaintsOf(policy), []);
    assert.is(policy.apiVersion.split('/')[1], version);
    assert.match(text, equivalenceType);
    // A misspelt member is seen.
    const [, member = ''] = /^ {2,}(mutateDigest|signatureFormat):/m.exec(text) ?? [];
    assert.is.not(complaintsOf(parse(text.replace(member, `${member}s`))).length, 0);
  });
}

test.run();
