import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { programSbom } from '../../../orchestrator/statement/sbom/sbom.ts';
import { binaryModule, buildInformation } from '../../rig/binary-report.ts';
import { making, programFacts, purlsIn, readSbom, spdxPurls, sumOf } from '../../rig/sbom-facts.ts';
import { sha } from '../../rig/verdicts.ts';

const app = (dependencies: ReturnType<typeof binaryModule>[]) =>
  programFacts({
    build: buildInformation({ main: binaryModule('test.example/app', '(devel)', ''), dependencies }),
    licenses: new Map(),
  });

test('a program is listed with its modules, Go, source, patches and licences', async () => {
  const { cyclonedx, spdx } = await readSbom(programSbom(programFacts(), making));
  const { component, timestamp } = cyclonedx.metadata;
  assert.is(timestamp, '2024-05-08T10:34:56Z');
  assert.is(component.type, 'application');
  assert.is(component.version, 'v1.2.3');
  assert.equal(component.hashes, [{ alg: 'SHA-256', content: sha('tool') }]);
  assert.equal(component.pedigree?.patches, [
    {
      type: 'unofficial',
      diff: {
        url: `git+https://github.com/aws/eks-distro@${'e'.repeat(40)}#projects/org/tool/1-30/patches/0001-Bump-lib.patch`,
      },
      resolves: [
        {
          type: 'security',
          id: 'CVE-2024-24786',
          references: ['https://www.cve.org/CVERecord?id=CVE-2024-24786'],
        },
      ],
    },
  ]);
  const purls = [
    'pkg:golang/github.com/org/lib@v1.0.0',
    'pkg:golang/stdlib@1.18.10',
    'pkg:golang/test.example/tool@v1.2.3',
  ];
  assert.equal(purlsIn(cyclonedx), purls);
  assert.equal(spdxPurls(spdx), purls);
  const lib = cyclonedx.components.find(({ name }) => name === 'github.com/Org/lib');
  assert.equal(lib?.hashes, [{ alg: 'SHA-256', content: sha('lib') }]);
  assert.equal(lib?.licenses, [{ expression: 'BSD-3-Clause AND MIT', acknowledgement: 'declared' }]);
  const go = cyclonedx.components.find(({ name }) => name === 'stdlib');
  assert.equal(go?.pedigree?.patches?.[0]?.resolves, [
    { type: 'defect', id: 'golang/go#57008', references: ['https://go.dev/issue/57008'] },
  ]);
  assert.equal(go?.properties?.[0], { name: 'eksd-rebuild:go', value: 'eks-go 1.18.10-8' });
  assert.equal(
    cyclonedx.compositions?.map(({ aggregate }) => aggregate),
    ['complete'],
  );
  const tool = spdx.packages.find(({ name }) => name === 'tool');
  assert.is(tool?.downloadLocation, `git+https://github.com/org/tool@${'c'.repeat(40)}`);
  assert.is(tool?.licenseDeclared, 'Apache-2.0');
  assert.match(
    (tool?.annotations ?? []).map(({ comment }) => comment).join('\n'),
    `patch 1 of 1: projects/org/tool/1-30/patches/0001-Bump-lib.patch, SHA-256 ${sha('patch')}; "Bump lib to fix it"; names CVE-2024-24786`,
  );
});

test('the same facts in another order give the same bytes, and other facts another number', () => {
  const modules = [
    binaryModule('a.example/a', 'v1.0.0', sumOf('a')),
    binaryModule('b.example/b', 'v1.0.0', sumOf('b')),
  ];
  const first = programSbom(app(modules), making);
  assert.equal(programSbom(app([...modules].reverse()), { ...making, date: '2024-05-08T10:34:56Z' }), first);
  const other = programSbom({ ...app(modules), sha256: sha('other') }, making);
  const numberOf = (text: string) => /urn:uuid:[0-9a-f-]+/.exec(text)?.[0];
  assert.match(
    first.spdx,
    /"documentNamespace":"urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"/,
  );
  assert.is.not(numberOf(first.spdx), numberOf(other.spdx));
  assert.is.not(numberOf(first.cyclonedx), numberOf(other.cyclonedx));
});

test('a replaced module goes by the one in its place, and a folder by the name that it has in go.mod, at no version', async () => {
  const replaced = {
    ...binaryModule('a.example/a', 'v1.0.0', ''),
    replace: binaryModule('fork.example/a', 'v1.0.1', sumOf('fork')),
  };
  const folder = {
    ...binaryModule('k8s.io/api', 'v0.0.0', ''),
    replace: binaryModule('./staging/api', '', ''),
  };
  const { cyclonedx } = await readSbom(programSbom(app([replaced, folder]), making));
  assert.equal(purlsIn(cyclonedx).slice(0, 2), ['pkg:golang/fork.example/a@v1.0.1', 'pkg:golang/k8s.io/api']);
  const facts = cyclonedx.components.flatMap(({ properties = [] }) =>
    properties.map(({ name, value }) => `${name} ${value}`),
  );
  for (const fact of [
    `go-module-sum ${sumOf('fork')}`,
    'replaces a.example/a v1.0.0',
    'replaces k8s.io/api v0.0.0',
    'folder ./staging/api',
  ])
    assert.ok(facts.includes(`eksd-rebuild:${fact}`), facts.join('\n'));
});

test('of a program that says nothing of itself nothing is claimed', async () => {
  const { cyclonedx, spdx } = await readSbom(programSbom(programFacts({ build: undefined }), making));
  assert.equal(purlsIn(cyclonedx), []);
  assert.equal(cyclonedx.compositions, [
    { aggregate: 'unknown', dependencies: [cyclonedx.metadata.component['bom-ref']] },
  ]);
  assert.is(spdx.packages[0]?.licenseDeclared, 'NOASSERTION');
});

test('what was built without modules lists not all, and goes by its package', async () => {
  const build = buildInformation({ path: 'k8s.io/kubernetes/cmd/kubelet', main: binaryModule('', '', '') });
  const { cyclonedx } = await readSbom(programSbom(programFacts({ build }), making));
  assert.equal(purlsIn(cyclonedx), [
    'pkg:golang/k8s.io/kubernetes/cmd/kubelet@v1.2.3',
    'pkg:golang/stdlib@1.21.9',
  ]);
  assert.is(cyclonedx.compositions?.[0]?.aggregate, 'incomplete');
});

for (const [version, shown, purl] of [
  ['devel go1.24-1a2b3c Mon Jan 1', 'devel go1.24-1a2b3c Mon Jan 1', 'pkg:golang/stdlib'],
  ['go1.22.3 X:boringcrypto', 'go1.22.3', 'pkg:golang/stdlib@1.22.3'],
  ['go1.26.0-X:nodwarf5', 'go1.26.0', 'pkg:golang/stdlib@1.26.0'],
  ['go1.23rc1', 'go1.23rc1', 'pkg:golang/stdlib@1.23rc1'],
] as const) {
  test(`Go is named as scanners name it: ${version}`, async () => {
    const build = buildInformation({ goVersion: version });
    const { cyclonedx } = await readSbom(programSbom(programFacts({ build }), making));
    const go = cyclonedx.components.find(({ name }) => name === 'stdlib');
    assert.equal([go?.version, go?.purl], [shown, purl]);
  });
}

test('whatever stands in a program becomes valid documents without a character that acts', async () => {
  const strange = 'a.example/\u001b[31m\u202e /..//x?y#z@"<\ud800é';
  const build = buildInformation({
    main: binaryModule(strange, 'v1\n2', ''),
    path: strange,
    dependencies: [
      binaryModule(strange, '\u0000', 'h1:!'),
      binaryModule('/', '', ''),
      binaryModule('a.example/a', 'v1.0.0', sumOf('one')),
      binaryModule('a.example/a', 'v1.0.0', sumOf('one')),
      binaryModule('a.example/a', 'v1.0.0', sumOf('another')),
    ],
  });
  const licenses = new Map([
    ['a.example/a v1.0.0', { declared: 'MIT\u0007 or whatever\u202e', note: '\u009b!' }],
  ]);
  const made = programSbom(programFacts({ build, name: '\u001b]0;x', project: undefined, licenses }), making);
  const { cyclonedx } = await readSbom(made);
  for (const text of Object.values(made)) {
    JSON.parse(text, (_, value) => {
      if (typeof value === 'string') assert.not.match(value, /[\p{Cc}\p{Cf}\p{Cs}]/u);
    });
  }
  assert.is(cyclonedx.components.filter(({ name }) => name === 'a.example/a').length, 2);
});

test('ten thousand modules take a moment', async () => {
  const dependencies = [...Array(10_000).keys()].map((at) =>
    binaryModule(`m${at}.example/a/b`, 'v1.0.0', sumOf(`${at}`)),
  );
  const started = process.cpuUsage();
  const made = programSbom(app(dependencies), making);
  const { user } = process.cpuUsage(started);
  assert.ok(user < 6e6, `${user / 1e6} s of a processor`);
  assert.is((JSON.parse(made.cyclonedx) as { components: unknown[] }).components.length, 10_001);
});

test.run();
