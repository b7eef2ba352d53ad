import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type { Finding } from '../../orchestrator/vulnerability/finding.ts';
import type { VulnerabilitiesJson } from '../../orchestrator/vulnerability/result-json.ts';
import type { Ran } from '../rig/host.ts';
import { sharedPlace } from '../rig/shared-place.ts';
import { suite } from '../rig/suite.ts';
import { release, type VulnerableWorld, vulnerableWorld } from '../rig/vulnerable-world.ts';

/** `vulns` on a release that a real Go builds, with govulncheck's library. */
const test = suite<{ world: VulnerableWorld; out: string }>('vulns');

test.before(async (context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'vulns-'));
  defer(() => rmSync(folder, { recursive: true, force: true }));
  context.world = await vulnerableWorld(folder);
  context.out = join(context.world.root, 'out', release);
});

function vulns({ run, database }: VulnerableWorld, ...more: readonly string[]): Promise<Ran> {
  return run(['vulns', release, '--no-images', '--database', `file://${database}`, ...more]);
}

function findingsOf(side: VulnerabilitiesJson['subjects'][number]['sides'][string] | undefined) {
  assert.ok(side?.known === true, JSON.stringify(side));
  return side.findings.map(({ id, state, justification }: Finding) => [id, state, justification]);
}

const ours = [
  ['CVE-2024-0001', 'affected', undefined],
  ['CVE-2024-0002', 'fixed', undefined],
  ['CVE-2024-0003', 'affected', undefined],
  ['CVE-2024-0004', 'not-affected', 'vulnerable_code_not_in_execute_path'],
  ['CVE-2024-0005', 'not-affected', 'vulnerable_code_not_present'],
];

test('what is called is affected, what a patch mended is fixed, and what it only speaks of is not claimed', async ({
  world,
}) => {
  const ran = await vulns(world, '--against', 'none', '--json');
  assert.is(ran.code, 1, ran.stderr);
  const found = JSON.parse(ran.stdout) as VulnerabilitiesJson;
  const [program] = found.subjects;
  assert.equal(findingsOf(program?.sides['ours']), ours);
  const side = program?.sides['ours'];
  assert.ok(side?.known === true);
  const evidence = side.findings.find(({ id }) => id === 'CVE-2024-0002')?.why;
  assert.match(
    evidence ?? '',
    /^rule "patched function": .*0001-CVE-2024-0002-bound-Parse\.patch changed Parse in parse\/parse\.go, and so it was compiled; named by /,
  );
  assert.equal(
    found.unclaimed.map(({ id, project }) => [id, project]),
    [['CVE-2024-0003', 'org/app']],
  );
  assert.match(found.unclaimed[0]?.why ?? '', 'no patch that names it changes code in parse');
  assert.equal(Object.keys(program?.sides ?? {}), ['ours']);
});

test('again: the same bytes of every document, and nothing is looked into', async ({ world, out }) => {
  const names = readdirSync(out).filter((name) => !name.startsWith('report.'));
  assert.equal(names.sort(), [
    `eksd-rebuild-${release}-vex.json`,
    'vulnerabilities.html',
    'vulnerabilities.json',
    'vulnerabilities.openvex.json',
    'vulnerabilities.sarif',
  ]);
  assert.match(readFileSync(join(out, 'report.html'), 'utf8'), '<a href="vulnerabilities.html">');
  const before = names.map((name) => readFileSync(join(out, name), 'utf8'));
  const seconds = performance.now();
  const ran = await vulns(world, '--against', 'none', '--sarif', '--output', 'again');
  assert.ok(performance.now() - seconds < 60_000);
  const after = names.map((name) => readFileSync(join(world.root, 'again', name), 'utf8'));
  assert.equal(after, before);
  assert.is(ran.stdout, after[4], '--sarif prints it');
  const vex = JSON.parse(after[3] ?? '');
  assert.equal(
    vex.statements.map((each: { vulnerability: { name: string }; status: string }) => [
      each.vulnerability.name,
      each.status,
    ]),
    [
      ['CVE-2024-0001', 'affected'],
      ['CVE-2024-0002', 'fixed'],
      ['CVE-2024-0003', 'affected'],
      ['CVE-2024-0004', 'not_affected'],
      ['CVE-2024-0005', 'not_affected'],
    ],
  );
});

test("OpenVEX's own library reads what is said of the program, and nothing of another one", async ({
  out,
}) => {
  const source = fileURLToPath(new URL('../rig/go-vex', import.meta.url));
  const check = join(sharedPlace('go-vex'), 'vexcheck');
  const env = { ...process.env, GOFLAGS: '-mod=readonly -buildvcs=false', CGO_ENABLED: '0' };
  execFileSync('go', ['build', '-o', check, '.'], {
    cwd: source,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const file = join(out, 'vulnerabilities.openvex.json');
  const statements = JSON.parse(readFileSync(file, 'utf8')).statements as readonly {
    readonly vulnerability: { readonly name: string; readonly aliases: readonly string[] };
    readonly status: string;
    readonly products: readonly {
      readonly '@id': string;
      readonly subcomponents: readonly { readonly '@id': string }[];
    }[];
  }[];
  const ask = (...words: readonly string[]) =>
    execFileSync(check, [file, ...words], { encoding: 'utf8' }).trim();
  for (const { vulnerability, status, products } of statements) {
    const [product] = products;
    const id = product?.['@id'] ?? '';
    const component = product?.subcomponents[0]?.['@id'] ?? '';
    for (const name of [vulnerability.name, ...vulnerability.aliases])
      assert.is(ask(name, id, component), status);
    assert.is(ask(vulnerability.name, id.replace(/sha256:./, 'sha256:x'), component), '');
  }
});

test('against somebody else: what only one of them has; the published one is not known, and no zero', async ({
  world,
}) => {
  const elsewhere = await world.buildElsewhere();
  const ran = await vulns(world, '--against', elsewhere);
  assert.is(ran.code, 1, ran.stderr);
  assert.match(ran.stdout, /program app +linux\/amd64 +2 +\? +1\+\?/);
  assert.match(ran.stdout, 'only here: CVE-2024-0001');
  assert.match(ran.stdout, 'only there: CVE-2024-0004');
  assert.match(ran.stdout, 'not known of published: It has other bytes than ours');
  assert.match(ran.stdout, 'published: not known.');
  assert.match(ran.stdout, 'Not claimed as fixed: CVE-2024-0003 in org/app');
});

test('what is given for it and is none, or is not there, is not known; asked for and not had is 4', async ({
  world,
}) => {
  mkdirSync(join(world.folder, 'none'));
  writeFileSync(join(world.folder, 'none', 'app'), '#!/bin/sh\n', { mode: 0o755 });
  const script = await vulns(world, '--against', join(world.folder, 'none'));
  assert.match(script.stdout, 'not known of against: It cannot be looked into');
  const image = await vulns(world, '--against', '127.0.0.1:1/app:v1');
  assert.is(image.code, 4, image.stdout);
  assert.match(image.stdout, /program app +linux\/amd64 +2 +\? +\?/);
  const upstream = await vulns(world);
  assert.is(upstream.code, 1, 'nobody asked for it');
  assert.match(upstream.stdout, 'No public image of it is known');
});

test('a record that is odd is told where its module is, and another database is looked into anew', async ({
  world,
}) => {
  const file = join(world.database, 'ID', 'GO-2024-0004.json');
  const record = JSON.parse(readFileSync(file, 'utf8'));
  record.affected[0].ranges[0].events = [{ introduced: '0' }, { fixed: 'some day' }];
  writeFileSync(file, JSON.stringify(record));
  const ran = await vulns(world, '--against', 'none', '--json');
  const found = JSON.parse(ran.stdout) as VulnerabilitiesJson;
  assert.equal(
    found.sources.go.unreadable.map(({ id }) => id),
    ['GO-2024-0004'],
  );
  assert.equal(findingsOf(found.subjects[0]?.sides['ours'])[3], ['CVE-2024-0004', 'unknown', undefined]);
  assert.equal(found.totals, [{ side: 'ours', affected: ['CVE-2024-0001', 'CVE-2024-0003'], partial: true }]);
});

test.run();
