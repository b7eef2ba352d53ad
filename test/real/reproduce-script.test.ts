import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { reproduceScript } from '../../orchestrator/report/reproduce/script.ts';
import type { Program } from '../rig/program.ts';
import { removeReadOnly } from '../rig/real-go.ts';
import { reportIn } from '../rig/report.ts';
import { suite } from '../rig/suite.ts';
import { warmProgram } from '../rig/warm.ts';

const examples = join(import.meta.dirname, '../../examples');

/** A file of the sample release, built by the report's script with nothing but git, go and a shell. */
const test = suite<{ program: Program }>('script of the report');

test.before(async (context) => {
  context.program = await warmProgram(mkdtempSync(join(tmpdir(), 'script-')));
});

test.after(({ program }) => {
  // What go leaves in a module cache may be read-only.
  const place = join(program.folder, 'by-hand');
  if (existsSync(place)) removeReadOnly(place);
  rmSync(program.folder, { recursive: true });
});

test('it comes to the published bytes, whatever the settings of who runs it are; without the sources it says why not', async ({
  program,
}) => {
  const ran = await program.run([
    'verify',
    'sample',
    '--project',
    'sample/greeter',
    '--platform',
    'windows/amd64',
    '--report',
    'r.json',
  ]);
  assert.is(ran.code, 0, ran.stderr);
  const report = reportIn(join(program.folder, 'empty', 'r.json'));
  const project = report.projects.find(({ name }) => name === 'sample/greeter');
  const file = project?.files.find(({ name }) => name === 'greeter.exe');
  if (project === undefined || file === undefined) throw new Error('the sample lost its greeter');
  assert.ok(project.patches.length > 1);
  assert.is(file.verdict, 'identical');

  const place = join(program.folder, 'by-hand');
  const script = join(program.folder, 'script.sh');
  writeFileSync(script, reproduceScript(report, project, file) ?? '');
  const settings = join(program.folder, 'gitconfig');
  writeFileSync(settings, '[core]\n\tautocrlf = true\n[commit]\n\tgpgsign = true\n');
  const env = { ...process.env, GIT_CONFIG_GLOBAL: settings, GOFLAGS: '-tags=other', TZ: 'Asia/Tokyo' };
  const cwd = program.folder;
  const alone = spawnSync('/bin/sh', [script, join(cwd, 'alone')], { cwd, env, encoding: 'utf8' });
  assert.is(alone.status, 1);
  assert.match(alone.stderr, /^https:\/\/sample\.example\/ is no host\. Set SAMPLE to a folder with/);
  execFileSync('sh', [join(examples, 'repositories.sh'), join(cwd, 'sample')]);
  const said = execFileSync('/bin/sh', [script, place], {
    ...{ cwd, encoding: 'utf8', env: { ...env, SAMPLE: 'sample' } },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  assert.match(said, '\ngreeter.exe: OK\n');
  assert.is(digestOf(readFileSync(join(place, 'out', 'greeter.exe'))), file.expected);
});

test.run();
