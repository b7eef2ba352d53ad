import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import { schemas as known } from '../../orchestrator/commands/schema/schemas.ts';
import { type Program, programAt } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';

/** The packed program, installed as a user does. Uses the npm registry. */
const test = suite<{ folder: string; program: Program; packed: readonly string[] }>('package');

const repository = fileURLToPath(new URL('../../', import.meta.url));

test.before((context, defer) => {
  const folder = mkdtempSync(join(tmpdir(), 'package-'));
  defer(() => rmSync(folder, { recursive: true }));
  const npm = (...args: string[]) =>
    execFileSync('npm', [...args, '--loglevel=error'], { cwd: repository, encoding: 'utf8' });
  const packed = npm('pack', '--json', '--pack-destination', folder);
  const [{ filename, files }] = JSON.parse(packed.slice(packed.indexOf('[\n')));
  npm(
    'install',
    '--global',
    '--prefix',
    join(folder, 'prefix'),
    '--no-audit',
    '--no-fund',
    join(folder, filename),
  );
  mkdirSync(join(folder, 'empty'));
  context.folder = folder;
  context.packed = files.map((file: { path: string }) => file.path);
  context.program = programAt(folder, join(folder, 'prefix', 'bin', 'eksd-rebuild'));
});

/** Of what the program writes and reads, for those who read it or write it. */
const schemas = Object.values(known);

/** Programs of ours in Go: they are compiled where they are used. */
const gobinary = 'orchestrator/verdict/inspect/gobinary/';
const licenses = 'orchestrator/task/licenses/licensecheck/';
const vulnscan = 'orchestrator/vulnerability/scan/vulnscan/';

function isGoSource(file: string): boolean {
  return [gobinary, licenses, vulnscan].some((folder) => {
    return file.startsWith(folder) && /^(go\.mod|go\.sum|[a-z0-9]+\.go)$/.test(file.slice(folder.length));
  });
}

test('it holds the program and its data, and nothing else', ({ packed }) => {
  for (const file of [
    'dist/cli.js',
    'examples/history.txt',
    'projects/etcd-io/etcd/project.yaml',
    'package.json',
    ...schemas,
    `${gobinary}go.mod`,
    `${gobinary}main.go`,
    `${licenses}main.go`,
    `${vulnscan}main.go`,
    'base-images/Dockerfile',
    'base-images/eks-distro-minimal-base/base-image.yaml',
    'projects/etcd-io/etcd/Dockerfile',
  ]) {
    assert.ok(packed.includes(file), file);
  }
  assert.ok(packed.some((file) => /^releases\/v1-30-eks-5\.lock\.yaml$/.test(file)));
  const strangers = packed.filter(
    (file) =>
      /^(test|orchestrator|out|node_modules|\.)/.test(file) &&
      // A page of the atlas' documentation.
      ![...schemas, 'orchestrator/README.md'].includes(file) &&
      !isGoSource(file),
  );
  assert.equal(strangers, []);
});

test('installed, it plans the sample from an empty folder, and writes nothing there', async ({ program }) => {
  const ran = await program.run(['plan', 'sample']);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, /toolchain go1\.[0-9.]+ +to do: never built\n/);
  assert.match(ran.stdout, / tasks, 0 cached, [0-9]+ to do\n/);
  assert.equal(readdirSync(join(program.folder, 'empty')), []);
});

test('installed, it knows the releases and the recipes that come with it', async ({ program }) => {
  const ran = await program.run(['plan', 'v1-30-eks-5', '--project', 'etcd-io/etcd']);
  assert.is(ran.code, 0, ran.stderr);
  assert.match(ran.stdout, 'go-build etcd-io/etcd server linux/arm64');
  assert.match(
    (await program.run(['--version'])).stdout,
    /^eksd-rebuild [0-9.]+( \(commit [0-9a-f]{12}\))?\n$/,
  );
  const help = await program.run(['--help']);
  assert.is(help.code, 0);
  process.stdout.write(`\n  plan: ${ran.seconds.toFixed(2)} s, --help: ${help.seconds.toFixed(2)} s `);
});

test('an error that nobody expected is told as a fault, where it stands in the sources: 70', ({
  folder,
  program,
}) => {
  const cli = join(folder, 'prefix', 'lib', 'node_modules', 'eksd-rebuild', 'dist', 'cli.js');
  const unknown = 'data:text/javascript,Object.defineProperty(process, "arch", { value: "_" })';
  const ran = spawnSync(process.execPath, ['--import', unknown, cli, 'plan', 'v1-30-eks-5'], {
    env: { EKSD_REBUILD_CACHE: program.cache },
    encoding: 'utf8',
  });
  assert.is(ran.status, 70);
  assert.match(
    ran.stderr,
    /^This is a fault of eksd-rebuild\.\nTypeError: not a platform: linux\/_\n +at .*\/orchestrator\/run\/wiring\/tasks\.ts:/,
  );
});

test.run();
