import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as assert from 'uvu/assert';
import { compileProgram } from '../rig/program.ts';
import { suite } from '../rig/suite.ts';
import { podUser } from '../rig/worker-pods.ts';

/** What a sandbox is worth in containers as a kubelet has runc make them of our pods. */
const test = suite<{ folder: string }>('the sandbox in a pod');

test.before(async (context, defer) => {
  context.folder = mkdtempSync(join(tmpdir(), 'pod-sandbox-'));
  const { folder } = context;
  defer(() => rmSync(folder, { recursive: true, force: true }));
  execFileSync('chmod', ['755', folder]);
  await compileProgram(folder);
  const root = join(folder, 'root');
  for (const name of ['usr', 'etc', 'proc', 'dev', 'sys', 'tmp', 'program', 'modules'])
    mkdirSync(join(root, name), { recursive: true });
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) symlinkSync(`usr/${name}`, join(root, name));
});

interface Spec {
  readonly process: Record<string, unknown> & { readonly capabilities: Record<string, readonly string[]> };
  root: object;
  readonly mounts: object[];
  readonly linux: Record<string, unknown> & { readonly namespaces: object[] };
}

/** What `doctor` says of the sandbox in a container. @param change makes the pod another. */
function isolationIn(
  { folder }: { folder: string },
  name: string,
  change: (spec: Spec) => void,
): { readonly state: string; readonly found: string } {
  const bundle = join(folder, name);
  mkdirSync(bundle);
  execFileSync('runc', ['spec'], { cwd: bundle });
  const file = join(bundle, 'config.json');
  const spec: Spec = JSON.parse(readFileSync(file, 'utf8'));
  spec.root = { path: join(folder, 'root'), readonly: true };
  const seen = {
    '/usr': '/usr',
    '/etc': '/etc',
    '/program': join(folder, 'package'),
    '/modules': dirname(process.execPath),
  };
  for (const [destination, source] of Object.entries(seen))
    spec.mounts.push({ destination, source, type: 'bind', options: ['rbind', 'ro'] });
  spec.mounts.push({ destination: '/tmp', source: 'tmpfs', type: 'tmpfs', options: ['mode=1777'] });
  for (const set of Object.keys(spec.process.capabilities)) spec.process.capabilities[set] = [];
  Object.assign(spec.process, {
    ...{ terminal: false, noNewPrivileges: true, user: { uid: podUser, gid: podUser }, cwd: '/tmp' },
    args: ['/modules/node', '/program/dist/cli.js', 'doctor', '--json'],
    env: ['PATH=/usr/bin:/bin', 'HOME=/tmp', 'EKSD_REBUILD_CACHE=/tmp/cache', 'GOPROXY=off'],
  });
  change(spec);
  writeFileSync(file, JSON.stringify(spec));
  const words = ['--root', join(folder, 'state'), 'run', '--bundle', bundle, `${name}-${process.pid}`];
  const ran = spawnSync('runc', words, { encoding: 'utf8', input: '' });
  const checks = JSON.parse(ran.stdout || '[]');
  const check = (checks.checks ?? checks).find((each: { name: string }) => each.name === 'isolation');
  assert.ok(check, ran.stdout + ran.stderr);
  return check;
}

test('where the runtime hides parts of /proc, the list of processes is all that is lacking', (world) => {
  const { state, found } = isolationIn(world, 'masked', () => undefined);
  assert.is(state, 'limited');
  assert.match(found, /^the machine's list of processes is seen \(.*mount proc.*\)/);
  assert.not.match(found, /network|filter|files|;/);
});

test('in a user namespace that has all of /proc nothing is lacking', (world) => {
  const { state, found } = isolationIn(world, 'users', ({ linux }) => {
    linux.namespaces.push({ type: 'user' });
    const map = [{ containerID: 0, hostID: 200_000, size: 65_536 }];
    Object.assign(linux, { uidMappings: map, gidMappings: map, maskedPaths: [], readonlyPaths: [] });
  });
  assert.is(state, 'there', found);
});

test.run();
