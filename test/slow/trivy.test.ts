import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as assert from 'uvu/assert';
import { imageSide } from '../../orchestrator/commands/vulns/image-side.ts';
import type { Scanning } from '../../orchestrator/commands/vulns/scanning.ts';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { err, ok } from '../../orchestrator/core/result.ts';
import { listImages } from '../../orchestrator/oci/image/open-image.ts';
import { openImageSource } from '../../orchestrator/oci/image/open-source.ts';
import type { KnownSide, Vulnerabilities } from '../../orchestrator/vulnerability/finding.ts';
import { judgeProgram } from '../../orchestrator/vulnerability/judge-program.ts';
import { openVex } from '../../orchestrator/vulnerability/vex/openvex.ts';
import { closeFakes } from '../oci/registry/fake-registry.ts';
import { memoryRegistry } from '../oci/registry/memory-registry.ts';
import { goRecord } from '../rig/go-database.ts';
import { goPrograms } from '../rig/go-programs.ts';
import { goTools } from '../rig/go-tools.ts';
import { writeImageLayout } from '../rig/image-layout.ts';
import { addModule } from '../rig/module-proxy.ts';
import { putLayout } from '../rig/put-layout.ts';
import { suite } from '../rig/suite.ts';
import { vulnScanner } from '../rig/vuln-scanner.ts';
import { vulnerabilities } from '../rig/vulnerabilities.ts';

/** trivy, which goes by versions of modules alone, with what we say of an image: its own database is of this test. It takes long to compile. */
const test = suite<{ folder: string }>('trivy');

test.before((context) => {
  context.folder = mkdtempSync(join(tmpdir(), 'trivy-'));
});
test.after(({ folder }) => {
  closeFakes();
  rmSync(folder, { recursive: true, force: true });
});

const library = `package lib

import "os"

//go:noinline
func Called() int { return os.Getpid() }

func NotCalled() int { return os.Getppid() }
`;
const lib = `vuln.test.example/lib-${digestOf(library).slice(0, 12)}`;

/** The image with the program, and what is said of it. */
async function said(folder: string, layout: string) {
  const record = (id: string, symbol: string) =>
    goRecord({
      id: `GO-2024-${id}`,
      module: lib,
      aliases: [`CVE-2024-${id}`],
      imports: [{ path: lib, symbols: [symbol] }],
    });
  const { scanner, database } = await vulnScanner(folder, [
    record('0001', 'Called'),
    record('0002', 'NotCalled'),
  ]);
  const scanning = {
    look: async ({ sha256, file, from }: Parameters<Scanning['look']>[0]) => {
      const place = await file();
      const scan = place.ok ? await scanner.scan(place.value, undefined, database) : place;
      if (!scan.ok) return scan;
      const side = { known: true, from, sha256: [sha256], ...judgeProgram(scan.value, database) } as const;
      return ok({ scan: scan.value, side });
    },
    database,
  } satisfies Scanning;
  const { signal } = new AbortController();
  const source = await openImageSource(layout, { name: 'app', scratch: folder, signal });
  const images = source.ok ? await listImages(source.value) : source;
  const [image] = images.ok ? images.value : [];
  assert.ok(image);
  const looking = {
    scanning,
    known: new Map(),
    scratch: folder,
    signal,
    advisoriesOf: async () => err({ reason: 'aborted' } as const),
  };
  const side = await imageSide(image, { name: 'app', from: 'here', version: undefined }, looking);
  assert.ok(side.ok, JSON.stringify(side));
  return side.value;
}

function vexOf(ours: KnownSide): string {
  const subject = { kind: 'image', project: 'org/app', name: 'org/app', platform: 'linux/amd64' } as const;
  const found: Vulnerabilities = { ...vulnerabilities(), subjects: [{ ...subject, sides: { ours } }] };
  return openVex(found, { name: 'Test', namespace: 'https://test.example' });
}

test('what the code does not have is gone from its report with our VEX, and what it has stays', async ({
  folder,
}) => {
  const { trivy = '', makedb = '' } = await goTools('trivy', ['trivy', 'makedb'], '', {
    GOEXPERIMENT: 'jsonv2',
  });
  addModule(join(folder, 'proxy'), { path: lib, version: 'v1.0.0', files: { 'lib.go': library } });
  const programs = goPrograms(folder);
  programs.write({
    'app/go.mod': `module app.test.example/app\n\ngo 1.20\n\nrequire ${lib} v1.0.0\n`,
    'app/main.go': `package main\n\nimport "${lib}"\n\nfunc main() { println(lib.Called()) }\n`,
  });
  const env = {
    GOFLAGS: '-mod=mod -buildvcs=false',
    GONOSUMDB: 'vuln.test.example',
    GOPROXY: `file://${join(folder, 'proxy')}`,
  };
  const program = readFileSync(await programs.build({ env }));
  const layout = join(folder, 'layout');
  const root = writeImageLayout(layout, { layers: [[{ path: 'app', content: program, mode: 0o755 }]] });
  const vex = join(folder, 'vex.json');
  writeFileSync(vex, vexOf(await said(folder, layout)));
  const registry = await memoryRegistry(({ path }) => (path === '/v2/' ? { status: 200 } : undefined));
  putLayout(registry, layout, root, 'org/app', 'v1');
  const advisory = (id: string) => ({ id, package: lib, vulnerable: ['<1.1.0'], patched: ['1.1.0'] });
  const cache = join(folder, 'trivy-cache');
  execFileSync(makedb, [cache], {
    input: JSON.stringify([advisory('CVE-2024-0001'), advisory('CVE-2024-0002')]),
  });
  const report = async (...more: readonly string[]): Promise<readonly string[]> => {
    const offline = ['--skip-db-update', '--skip-java-db-update', '--offline-scan', '--skip-version-check'];
    const words = [
      'image',
      '--quiet',
      '--scanners',
      'vuln',
      '--format',
      'json',
      '--cache-dir',
      cache,
      ...offline,
    ];
    const { stdout } = await promisify(execFile)(trivy, [...words, ...more, `${registry.host}/org/app:v1`], {
      env: { HOME: folder, PATH: process.env['PATH'] },
    });
    const { Results: results = [] } = JSON.parse(stdout) as {
      Results?: readonly { readonly Vulnerabilities?: readonly { readonly VulnerabilityID: string }[] }[];
    };
    return results
      .flatMap((each) => (each.Vulnerabilities ?? []).map(({ VulnerabilityID: id }) => id))
      .sort();
  };
  assert.equal(await report(), ['CVE-2024-0001', 'CVE-2024-0002']);
  assert.equal(await report('--vex', vex), ['CVE-2024-0001']);
  const other = readFileSync(vex, 'utf8').replaceAll(
    root.digest.replace(':', '%3A'),
    `sha256%3A${'0'.repeat(64)}`,
  );
  writeFileSync(vex, other);
  assert.equal(
    await report('--vex', vex),
    ['CVE-2024-0001', 'CVE-2024-0002'],
    'of another image it says nothing',
  );
});

test.run();
