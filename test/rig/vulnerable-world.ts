import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { digestOf } from '../../orchestrator/core/digest.ts';
import { claim } from '../../orchestrator/store/claim.ts';
import { layoutOf } from '../../orchestrator/store/layout.ts';
import { goDatabase, goRecord, layOutDatabase } from './go-database.ts';
import { goPrograms } from './go-programs.ts';
import { type Ran, runMain, testHost } from './host.ts';
import { addModule } from './module-proxy.ts';
import { createRepository } from './repository.ts';
import { sharedPlace } from './shared-place.ts';
import { writeFiles } from './world.ts';

/**
 * A release of one project that the machine's own Go builds for real, with a module that has vulnerabilities, and patches that name
 * some: one mends what it names, and one does not.
 */
export interface VulnerableWorld {
  readonly folder: string;
  /** `vulnerabilities.json` and the others of the last run are in `out`. */
  readonly root: string;
  /** A database that has a record for each of these, as a folder. */
  readonly database: string;
  run(argv: readonly string[]): Promise<Ran>;
  /** Builds the program as somebody else does, who calls another function of the module, without patches. */
  buildElsewhere(): Promise<string>;
}

export const release = 'v1-30-eks-5';
const app = 'app.test.example/app';

/** Only what little of Go's own library it takes is compiled. */
const library = `package lib

import "strconv"

// Small is inlined.
func Small(s string) string { return s + "!" }

//go:noinline
func Large(s string) string { return s + strconv.Itoa(len(s)) }
`;

/** Named after what is in it: the user's module cache keeps it, and holds other tests' to its sum. */
const lib = `vuln.test.example/lib-${digestOf(library).slice(0, 12)}`;

const main = (call: string) => `package main

import (
	"${app}/parse"
	"${lib}"
)

func main() { println(${call}, parse.Parse("a"), parse.Other()) }
`;

const parse = `package parse

// Parse reads.
//
//go:noinline
func Parse(s string) int {
	return len(s)
}

// Other does not.
//
//go:noinline
func Other() int {
	return 1
}
`;

/** As `git format-patch` writes it. */
function patch(subject: string, path: string, hunk: string): string {
  return `From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: Test Author <author@test.example>
Date: Fri, 10 May 2024 01:02:03 +0000
Subject: [PATCH] ${subject}

---
diff --git a/${path} b/${path}
--- a/${path}
+++ b/${path}
${hunk}--
2.39.5
`;
}

const mends = `@@ -4,5 +4,8 @@
 //
 //go:noinline
 func Parse(s string) int {
+	if len(s) > 10 {
+		return 10
+	}
 	return len(s)
 }
`;
const says = `@@ -1 +1,2 @@
 # app
+CVE-2024-0003 is taken care of.
`;

/** @param folder an empty one. */
export async function vulnerableWorld(folder: string): Promise<VulnerableWorld> {
  const proxy = join(folder, 'proxy');
  addModule(proxy, { path: lib, version: 'v1.0.0', files: { 'lib.go': library } });
  const programs = goPrograms(folder);
  const off = { GOPROXY: `file://${proxy}`, GONOSUMDB: 'vuln.test.example' };
  const files = (call: string) => ({
    'go.mod': `module ${app}\n\ngo 1.21\n\nrequire ${lib} v1.0.0\n`,
    'cmd/app/main.go': main(call),
    'parse/parse.go': parse,
    'README.md': '# app\n',
  });
  const elsewhere = join('app', 'cmd', 'app');
  const layApp = (call: string) =>
    programs.write(
      Object.fromEntries(Object.entries(files(call)).map(([path, text]) => [`app/${path}`, text])),
    );
  layApp('lib.Small("a")');
  await programs.go({ env: { ...off, GOFLAGS: '-mod=mod' } }, 'mod', 'tidy');
  const sums = readFileSync(join(folder, 'app', 'go.sum'), 'utf8');
  const go = JSON.parse(execFileSync('go', ['env', '-json', 'GOVERSION', 'GOROOT'], { encoding: 'utf8' }));
  const version = String(go.GOVERSION).replace(/^go/, '');
  const pins = 'projects/org/app/1-30';
  await createRepository(join(folder, 'git', 'org', 'app.git'), {
    commits: [{ files: { ...files('lib.Small("a")'), 'go.sum': sums }, tags: ['v1.0.0'] }],
  });
  await createRepository(join(folder, 'git', 'upstream.git'), {
    commits: [
      {
        files: {
          EKS_DISTRO_MINIMAL_BASE_TAG_FILE: '2024-04-01\n',
          'release/1-30/production/RELEASE': '5\n',
          [`${pins}/GIT_TAG`]: 'v1.0.0\n',
          [`${pins}/GOLANG_VERSION`]: `${version.split('.').slice(0, 2).join('.')}\n`,
          [`${pins}/ATTRIBUTION.txt`]: `** golang.org/go; version go${version} --\nhttps://github.com/golang/go\n`,
          [`${pins}/CHECKSUMS`]: `${'0'.repeat(64)}  _output/1-30/bin/app/linux-amd64/app\n`,
          [`${pins}/patches/0001-CVE-2024-0002-bound-Parse.patch`]: patch(
            'Bound Parse for CVE-2024-0002',
            'parse/parse.go',
            mends,
          ),
          [`${pins}/patches/0002-CVE-2024-0003.patch`]: patch('Say so of CVE-2024-0003', 'README.md', says),
        },
        tags: [release],
        date: '2024-05-01T10:00:00Z',
      },
    ],
  });
  writeFiles(folder, {
    'root/eksd-rebuild.yaml': `upstream: https://git.example/upstream.git
buildTooling: https://git.example/build-tooling.git
sources: https://git.example/{org}/{repo}.git
mirrors: { "https://git.example/": ../git/, public.ecr.aws/: 127.0.0.1:1/ }
sandbox: { use: never }
toolchains: { versions: { "${version}": { goroot: ${go.GOROOT} } } }
`,
    'root/projects/org/app/project.yaml':
      'schema: 1\ndescription: One program\nbuilds:\n  - programs:\n      - package: ./cmd/app\n',
    'home/.gitconfig': '',
  });
  const record = (id: string, module: string, path: string, symbols: readonly string[]) =>
    goRecord({
      id: `GO-2024-${id}`,
      module,
      aliases: [`CVE-2024-${id}`],
      imports: [{ path, symbols }],
      events: [{ introduced: '0' }, { fixed: '9.0.0' }],
    });
  const database = join(folder, 'db');
  layOutDatabase(
    database,
    goDatabase([
      record('0001', lib, lib, ['Small']),
      record('0002', app, `${app}/parse`, ['Parse']),
      record('0003', app, `${app}/parse`, ['Other']),
      record('0004', lib, lib, ['Large']),
      record('0005', lib, `${lib}/more`, ['More']),
    ]),
  );
  const root = join(folder, 'root');
  const cache = join(folder, 'cache');
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: join(folder, 'home'),
    EKSD_REBUILD_CACHE: cache,
    ...off,
  };
  const host = testHost({ cwd: root, packageFolder: process.cwd(), env });
  const imported = await runMain(['import', release], host);
  if (imported.code !== 0) throw new Error(`the release cannot be imported: ${imported.stderr}`);
  return {
    ...{ folder, root, database },
    async run(argv) {
      lend(sharedPlace('inspect'), cache);
      const ran = await runMain(argv, host);
      for (const place of kept(cache)) keep(place, sharedPlace('inspect'));
      return ran;
    },
    async buildElsewhere() {
      layApp('lib.Large("a")');
      const built = await programs.build({
        module: elsewhere,
        env: { ...off, GOFLAGS: '-mod=mod -buildvcs=false' },
      });
      mkdirSync(join(folder, 'elsewhere'), { recursive: true });
      copyFileSync(built, join(folder, 'elsewhere', 'app'));
      return join(folder, 'elsewhere');
    },
  };
}

/** Where the program keeps what it compiled to look into others with. */
const kept = (cache: string) => [join(cache, 'inspect'), join(cache, 'vulnerabilities', 'scanner')];

/** What takes a minute to compile is compiled once for all tests. */
function lend(from: string, cache: string): void {
  claim(layoutOf(cache), 'test-1');
  const [inspect = '', scanner = ''] = kept(cache);
  for (const name of readdirSync(from)) {
    const place = name.startsWith('gobinary-') ? inspect : name.startsWith('vulnscan-') ? scanner : undefined;
    if (place === undefined) continue;
    mkdirSync(place, { recursive: true });
    copyFileSync(join(from, name), join(place, name));
  }
}

function keep(place: string, into: string): void {
  try {
    for (const name of readdirSync(place).filter((each) => /^(gobinary|vulnscan)-[0-9a-f]{32}$/.test(each)))
      copyFileSync(join(place, name), join(into, name));
  } catch {
    // Nothing was looked into.
  }
}
