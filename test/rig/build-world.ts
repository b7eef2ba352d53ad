import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OciDigest } from '../../orchestrator/core/oci.ts';
import { recording } from '../../orchestrator/engine/local/command-record.ts';
import type { BuildCaches, Builder, ImageBuild } from '../../orchestrator/tool/buildkit/builder.ts';
import { createFleet, type FleetOptions } from '../../orchestrator/tool/buildkit/fleet.ts';
import { noIsolation } from '../../orchestrator/tool/process/isolation.ts';
import type { CommandRecord } from '../../orchestrator/tool/process/process.ts';
import { createRunProcess } from '../../orchestrator/tool/process/run-process.ts';
import { type Buildkitd, buildkitPrograms } from './buildkitd.ts';
import { goPrograms } from './go-programs.ts';

/**
 * A program that an image may hold: it waits as long as it is told, and says which networks it sees (proc_pid_net(5): a line each
 * below two headings). Of Go's packages it has few, for each of which both platforms' is compiled.
 */
const source = `package main

import (
	"os"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		wait, _ := time.ParseDuration(os.Args[1])
		os.Stdout.WriteString("waiting\\n")
		time.Sleep(wait)
	}
	all, err := os.ReadFile("/proc/net/dev")
	if err != nil {
		panic(err)
	}
	name, lines := "", 0
	for _, each := range string(all) {
		switch {
		case each == '\\n':
			name = ""
			lines++
		case each == ':' && lines > 1:
			os.Stdout.WriteString("network " + name + "\\n")
		case each != ' ':
			name += string(each)
		}
	}
	if len(os.Args) > 2 {
		os.Exit(3)
	}
}
`;

/** Folders, a program and fleets for tests of builds on real daemons. */
export async function buildWorld() {
  const folder = mkdtempSync(join(tmpdir(), 'build-'));
  const programs = goPrograms(folder);
  programs.write({ 'app/go.mod': 'module test.example/wait\n\ngo 1.20\n', 'app/main.go': source });
  const { buildctl } = await buildkitPrograms();
  const run = createRunProcess({ isolation: noIsolation, now: () => performance.now() });
  const user = { PATH: process.env['PATH'] ?? '', HOME: folder };
  let builds = 0;
  return {
    folder,
    run,
    programs: { buildctl },
    fleet(builders: readonly Builder[], more: Partial<FleetOptions> = {}, caches: BuildCaches = noCaches) {
      return createFleet({
        builders: { 'linux/amd64': builders, 'linux/arm64': builders },
        ...{ caches, run, cwd: folder, environment: user, programs: { buildctl } },
        now: () => performance.now(),
        ...more,
      });
    },
    /** Lays out a build of a Dockerfile and files of its context; the program is among them as `wait`. */
    async build(dockerfile: string, given: Partial<ImageBuild> = {}): Promise<ImageBuild> {
      builds += 1;
      const place = (part: string) => join(folder, `build-${builds}`, part);
      const platform = given.platform ?? 'linux/amd64';
      for (const part of ['context', 'dockerfile']) mkdirSync(place(part), { recursive: true });
      writeFileSync(join(place('dockerfile'), 'Dockerfile'), dockerfile);
      const program = readFileSync(await programs.build({ platform }));
      writeFileSync(join(place('context'), 'wait'), program, { mode: 0o755 });
      return {
        ...{ name: 'test/app', platform, layouts: {}, buildArgs: {}, labels: {}, epoch: 1700000000 },
        ...{ dockerfile: place('dockerfile'), context: place('context') },
        ...{ output: place('built'), work: place('work') },
        ...given,
      };
    },
    /** What a task gives to a build, and what it keeps of it. `onText` is told of each step. */
    circumstances(onText: (text: string) => void = () => {}) {
      const records: CommandRecord[] = [];
      const recorded = recording(
        run,
        'none',
        () => [{ path: folder, name: '$SCRATCH' }],
        (record) => records.push(record),
      );
      return { run: recorded, signal: new AbortController().signal, progress: onText, records };
    },
  };
}

const noCaches: BuildCaches = { from: [], to: [] };

export function builderOf({ address, tls }: Buildkitd): Builder {
  return { address, tls };
}

/** The digest of what a build wrote. */
export function digestIn(folder: string): OciDigest {
  return JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8')).manifests[0].digest;
}
