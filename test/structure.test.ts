import { writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filesBelow, importsOf, read } from './rig/imports.ts';

/**
 * The law, from the edge down: a room (a folder of orchestrator/, or a file of the edge), what belongs there, and what it may
 * import: rooms with all that is in them, packages, `node:` modules; `types:` before a room allows no more than those.
 * Only what stands below may be named, and a room that this one is part of. README's table is made of it: `UPDATE=1`.
 */
const law = `
cli.ts | the edge: the only file that reads the process; everything else gets it as a \`Host\` | main.ts core types:host.ts node:
main.ts | the program: its global options, and a loop over the commands | commands core types:host.ts @commander-js/extra-typings
commands | a folder a command: \`words.ts\` with its typed options, the entry beside it; \`words/\`: what they say alike. A command imports no other | run cluster pipeline publish statement report vulnerability verdict engine task workspace release rpm oci plan store config tool core types:host.ts @commander-js/extra-typings node: zod
run | one run of a graph, from a selection to what is delivered | types:report verdict workspace types:oci types:store types:config core types:host.ts
run/site | the site of a release, from a run that made all of it: what it is called, what may go out, what it holds | run run/deliver run/difference types:run/prepare run/wiring publish statement report verdict task/source oci release workspace plan config tool/http tool/file core types:host.ts node:
run/difference | two releases of the user's folder, held against each other; which one came before another | run/prepare report release workspace config tool/file core types:host.ts
run/deliver | what a run gives away: reports, files laid out, words about a push, what statements are made of | types:run report types:verdict statement workspace rpm oci plan config store tool core types:host.ts node:
run/sbom | bills of materials of what a run made: what lock, programs, licences and images say, brought together | types:run run/explain run/wiring types:report statement types:verdict task/licenses rpm oci types:plan types:config config tool core types:host.ts node:
run/atlas | locks and records as the data of a site of all of them, what is planned of them, and that site in its folder | run/audit run/shown run/wiring report publish verdict/record workspace release plan store types:config tool/file core types:host.ts node:
run/shown | the commands of a plan as they are shown: names stand for folders, and for what only a source can say | report/reproduce types:engine task plan types:store types:config tool/git types:tool/process core
run/audit | many releases, joined by what is the same in them: distinct builds, what comes of each, records of it | run/explain run/outcome types:run/prepare run/prepare run/upstream types:run/wiring verdict engine workspace task plan store types:config tool/file core types:host.ts node:
run/explain | one run that looks for causes: which builds are tried, in which order, with what is at hand | run/outcome types:run/prepare run/shared run/upstream run/wiring verdict engine workspace release plan types:store types:config tool core types:host.ts node:
run/outcome | what came of a run: verdicts of its files, images, the report as data | types:report verdict types:engine task oci plan types:store types:config core node:
run/prepare | what comes before a run: load, choose, plan, limits | run/cluster run/sample run/shared run/upstream run/wiring engine workspace plan types:store types:config core types:host.ts node:
run/cluster | a cluster as the place where a run's tasks are done: what the settings say of it, what stays on this machine, what a worker is asked | types:pipeline run/shared run/wiring engine types:plan types:workspace store/remote types:config task tool/kubernetes tool/http core types:host.ts
run/shared | the store that machines share, as the settings have it: where it is, who vouches for what is in it | statement types:workspace store types:config tool core types:host.ts node:
run/sample | the release in \`examples/\` as git repositories and a lock | run/upstream run/wiring types:workspace release store config tool core types:host.ts node:
run/upstream | EKS Distro's repositories, opened: the importer, clones, histories, what tags point at | run/wiring workspace release types:store config tool core types:host.ts node: p-limit
run/wiring | which parts work together on this machine: tools, tasks, registries, where statements are | statement types:verdict types:engine task workspace rpm oci plan store config tool core types:host.ts node:
cluster | configuration that starts a cluster from a release's images: names, kubeadm, kOps | types:publish plan types:config core yaml
cluster/smoke | whether a cluster runs what a release has: its version, its images by digest, its DNS | cluster core dns-packet
publish | a release as a site, laid out as upstream's: files, sums, what is there already; read back whole, planned, and brought to where it is served | workspace store tool core node:
publish/announce | the word on a release by SNS, at most once | publish tool core @aws-sdk/client-sns
publish/check | what is published, held against what is said of it | publish verdict release oci plan config tool core node:
publish/s3 | a site in a bucket: what is there, and what is written, each file on a condition and with its SHA-256 | publish tool core node: @aws-sdk/lib-storage
publish/manifest | \`Release\`, \`ReleaseChannel\` and their definitions: read strictly, written so that they repeat | publish config core yaml zod
statement | in-toto statements of files, images and releases: read strictly, written so that they repeat | types:report verdict/verify plan config core zod
pipeline | a graph's chains of tasks as documents of systems that run pipelines, over the shared store | core yaml
report | what is said of a run, as data and in words: subscribers to events and pure texts; they never decide | types:verdict types:release/difference types:config types:tool core
statement/sign | who signs a statement, and whose signature counts: keys, KMS, Sigstore's services; bundles in a registry | statement config oci tool core types:host.ts node: @aws-sdk/client-kms @sigstore/bundle @sigstore/sign @sigstore/verify @sigstore/protobuf-specs tweetnacl zod
statement/trust | whether what others say is enough, by a policy: statements found in folders, at URLs and in registries, weighed, and held against each other | statement types:verdict/verify config oci/registry tool core node: zod
report/live | while it goes on: the list on a terminal, a line a transition, JSON lines | report core listr2 picocolors
report/audit | how far an audit is, and what records come to | report types:verdict core
report/atlas | the site of all releases: pages, JSON, feed and badges, a pure function of what locks and records say | report report/html report/documentation verdict types:release/difference types:config core preact preact-render-to-string zod
report/summary | at its end: the table, what differs, what to do | report types:verdict core picocolors
report/difference | what changed between two releases, on a terminal and in a changelog | report types:release/difference config core
report/page | report.html, a pure function of report.json, and vulnerabilities.html | report report/html report/reproduce types:vulnerability verdict core types:preact
report/html | what all pages are made with: the document, its one style sheet, parts that they share | types:verdict core preact preact-render-to-string
report/documentation | a text of the documentation, taken apart and as HTML | markdown-it
report/reproduce | shell scripts that build a file again, and commands as such | report config/project core
statement/sbom | bills of materials as SPDX and CycloneDX: pure texts of what a program and an image say of themselves | types:rpm types:oci types:verdict core node: spdx-expression-parse
vulnerability | known vulnerabilities of programs and packages: what a source of records says of what is in them, how builds compare; SARIF, JSON | types:oci types:rpm rpm core
vulnerability/vex | what VEX says of our builds, and the evidence that a patch mended something; OpenVEX, CSAF | vulnerability types:vulnerability/database types:vulnerability/scan core node: semver
vulnerability/scan | govulncheck's library held against what was linked into a program; \`vulnscan/\`: the Go program round it | types:vulnerability/database types:verdict/inspect tool core node:
vulnerability/database | the Go vulnerability database: fetched or given, read strictly, named by a digest | tool core node: fflate zod
verdict | what is said of a published file | 
verdict/archive | what is in an archive, what of it is odd, how two differ | types:verdict/inspect oci tool core node:
verdict/explain | guesses at why a file differs, as overrides of its build; the search among them | verdict/inspect types:verdict/verify types:plan config core
verdict/inspect | what is inside a program, how two differ, where a published one is found; \`gobinary/\`: the Go program that looks inside | oci tool core node:
verdict/record | what one rebuilder says of one file, for good: read strictly, written so that it repeats; sums of it | verdict/verify types:config config core zod
verdict/verify | outcomes × expectations to verdicts, totals, the exit code | types:store types:config core
engine | keys, scheduling by resources, reuse, locks, retries, tracing | types:task types:plan store types:tool core node:
engine/local | deeds done on this machine, in folders of their own | types:engine types:task store tool core node:
engine/kubernetes | deeds done in the pods of a cluster: chains, their Jobs, and what a worker is told and tells | engine types:plan tool/kubernetes types:tool core types:@kubernetes/client-node
task | a kind of task: what its key depends on, and its deed; the contract of all of them | types:plan config types:tool types:core node:
task/archive | what a release's site has beside programs: archives, tars of images, the source | types:task task/source oci types:plan tool core node:
task/base | base images of our own: packages, the file system, its database | types:task task/image rpm oci types:plan types:config tool core node:
task/c | a program in C, by BuildKit | types:task task/image task/source oci types:plan types:tool core node:
task/image | images and what they stand on, by BuildKit | types:task task/source rpm oci types:plan tool core node:
task/licenses | what is really linked, and under which licences; \`licensecheck/\`: the Go program that knows them | types:task task/go task/toolchain task/source types:plan tool core node:
task/script | a project's own scripts | types:task task/go task/toolchain task/source types:plan config tool core minimatch node:
task/go | modules, and one go command for all programs | types:task task/toolchain task/source types:plan types:config tool core node:
task/toolchain | a Go: official, patched, or the user's | types:task task/source types:plan config tool core node:
task/source | a patched checkout, whose commit is upstream's | types:task types:plan config tool core node:
workspace | the user's folder: settings, locks, recipes, patches, what a command line selects of them | plan store config tool/file core types:host.ts minimatch node:
release | an EKS-D tag to a lock: release commits, pins, authorities, Go versions | types:plan config core
release/difference | what differs between what two releases are made of, by their locks and recipes | plan config core
rpm | what distributions publish, and what is installed | 
rpm/repository | package repositories: from names to locked packages, what is newer | config tool core node: saxes
rpm/contents | what is in an image: its programs, what a distribution says of itself and installed | rpm/database oci core
rpm/database | rpm's databases: read, written so that they repeat | oci core node-sqlite3-wasm node:
oci | images and registries | 
oci/ecr | Amazon ECR: logins, repositories and their drift, the least policy | types:oci/registry types:config tool core @aws-sdk/client-ecr @aws-sdk/client-ecr-public @aws-sdk/client-sts
oci/push | the plan of a push, and the push | oci/registry oci/image tool core node:
oci/registry | the distribution API: pull, logins | oci/image tool core node:
oci/image | OCI images as data: layouts, merged file systems, joining platforms to an index, comparing | tool core node:
plan | lock × recipes × selection to a graph; its order, its critical path | config core semver
store | blobs, trees and results on disk | tool core node:
store/remote | a store that machines share, in a bucket or a folder: what comes from there is hashed again | store tool/s3 tool/aws tool/file core node: types:@aws-sdk/client-s3 @aws-sdk/lib-storage p-limit
store/upkeep | garbage collection, checking, sizes | store core node:
config | text to typed values, with every complaint at file:line:col | core fastest-levenshtein yaml zod
config/settings | \`eksd-rebuild.yaml\` | config config/base core zod
config/base | base images and their locks | config config/lock core zod
config/lock | the lock and what it is made of: checksums, patches, overlays | config config/project core js-yaml yaml zod
config/project | recipes: \`project.yaml\` | config core zod
tool | git, go, processes and what isolates them, http, BuildKit: the only importers of execa, tar and sockets | 
tool/s3 | a bucket: where it is, how it is reached, what its errors mean | tool/aws core @aws-sdk/client-s3
tool/aws | AWS's SDK: who signs, time limits, what its exceptions mean, least policies | tool/http tool/process core
tool/kubernetes | a cluster: its kubeconfig, and its API as far as Jobs go | core node: @kubernetes/client-node
tool/buildkit | images by BuildKit: one daemon, a fleet of them, docker buildx | tool/process core node:
tool/git | clones, objects, references; what the user's git may say | tool/http tool/process tool/file core execa node:
tool/go | the go command; programs of ours in Go | tool/process core node:
tool/kubernetes | a cluster's API: which cluster is meant, what it says of itself | core node: @kubernetes/client-node
tool/http | requests, by the user's proxies; mirrors | tool/file core agent-base http-proxy-agent https-proxy-agent node:
tool/tar | archives, read and written without a name that leaves their folder | tool/file core node: fflate tar
tool/process | processes: environment, isolation, mounts, what they said | core execa node:
tool/file | files that somebody else made, opened with care and read within bounds | core node:
host.ts | the type of all that the program may know of the process and the machine | types:core
core | result, digest, canonical JSON, diagnostic, failure, event, platform, path: knows nothing of builds, files or processes | node:crypto
core/aws | what AWS calls things by: partitions, and ARNs, which have to hang together |
core/edge | what the edge says of itself, and what it makes of an environment and of a terminal that cannot be used as they are | core
`;

interface Room {
  readonly name: string;
  readonly what: string;
  readonly may: readonly string[];
}

const rooms: readonly Room[] = law
  .trim()
  .split('\n')
  .map((line) => {
    const [name = '', what = '', may = ''] = line.split(/ \| ?/);
    return { name, what, may: may.split(' ').filter((word) => word !== '') };
  });

const sources = filesBelow('orchestrator');
const imports = sources.flatMap((file) => importsOf(file, read(file)));

/** The innermost room of the law that a file is in. */
function roomOf(file: string): string | undefined {
  const path = file.replace('orchestrator/', '');
  const found = rooms.filter(({ name }) => path === name || path.startsWith(`${name}/`));
  return found.map(({ name }) => name).sort((a, b) => b.length - a.length)[0];
}

/** What an import takes its things from, as the law names it: a room, a package, a module of node. */
const sourceOf = (target: string): string =>
  target.startsWith('orchestrator/') ? (roomOf(target) ?? target) : target;

const covers = (permission: string, source: string): boolean => {
  const name = permission.replace('types:', '');
  return source === name || source.startsWith(name.endsWith(':') ? name : `${name}/`);
};

/** What rooms take from elsewhere. What lies in a room is its own. */
const taken = imports.flatMap(({ file, target, isType }) => {
  const room = roomOf(file) ?? file;
  const source = target === undefined ? 'what only a run knows' : sourceOf(target);
  return source === room || source.startsWith(`${room}/`) ? [] : [{ file, room, source, isType }];
});

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

test('every room imports only what the law allows it', () => {
  const wrong = taken.filter(({ room, source, isType }) => {
    const may = rooms.find(({ name }) => name === room)?.may ?? [];
    return !may.some((each) => covers(each, source) && (isType || !each.startsWith('types:')));
  });
  assert.equal(
    wrong.map(({ file, source, isType }) => `${file} imports ${isType ? 'types of ' : ''}${source}`),
    [],
  );
});

test('nothing is allowed that no file needs', () => {
  const unused = rooms.flatMap(({ name, may }) => {
    const mine = taken.filter(({ room }) => room === name);
    const isNeeded = (permission: string) =>
      mine.some(
        ({ source, isType }) => covers(permission, source) && isType === permission.startsWith('types:'),
      );
    return may.filter((each) => !isNeeded(each)).map((each) => `${name} needs no ${each}`);
  });
  assert.equal(unused, []);
});

test('rooms import downwards', () => {
  const place = (room: string) => rooms.findIndex(({ name }) => name === room);
  const upwards = rooms.flatMap(({ name, may }) => {
    const named = may.map((each) => each.replace('types:', '')).filter((each) => place(each) >= 0);
    return named
      .filter((each) => place(each) <= place(name) && !name.startsWith(`${each}/`))
      .map((each) => `${name} may import ${each}, which stands above it`);
  });
  assert.equal(upwards, []);
});

test('every folder and file has a room, and every room something in it', () => {
  const known = new Set(sources.map(roomOf));
  assert.equal(
    sources.filter((file) => roomOf(file) === undefined),
    [],
  );
  const empty = rooms.filter(({ name }) => ![...known].some((room) => room?.startsWith(name)));
  assert.equal(empty, []);
});

test('no file imports itself by way of others', () => {
  const edges = groupBy(imports, ({ file }) => file);
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert.not.ok(path.includes(file), `cycle: ${[...path, file].join(' -> ')}`);
    if (done.has(file)) return;
    for (const { target } of edges.get(file) ?? []) if (target !== undefined) visit(target, [...path, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
});

test('a planted import of any form is seen', () => {
  const forms = [
    "import { x } from '../store/store.ts';",
    "import {\n  x,\n} from '../store/store.ts';",
    "import '../store/store.ts';",
    "import * as x from '../store/store.ts';",
    "export * from '../store/store.ts';",
    "const x = await import('../store/store.ts');",
    'const x = await import("../store/store.ts");',
    "const x = () =>\n  import(\n    '../store/store.ts'\n  );",
    "const x = require('../store/store.ts');",
    "const open: typeof import('../store/store.ts');",
  ];
  for (const form of forms) {
    const found = importsOf('orchestrator/core/digest.ts', form);
    const isType = form.includes('typeof');
    assert.equal(
      found,
      [{ file: 'orchestrator/core/digest.ts', target: 'orchestrator/store/store.ts', isType }],
      form,
    );
  }
  assert.is(importsOf('orchestrator/core/digest.ts', 'await import(name)')[0]?.target, undefined);
});

test("the README's table is the law's", () => {
  const mayOf = ({ may }: Room) => may.map((each) => each.replace('types:', 'types of ')).join(', ');
  const rows = rooms.map((room) => [`\`${room.name}\``, room.what, mayOf(room)]);
  const heads = ['room', 'what belongs there', 'may import'];
  const widths = heads.map((_, at) => Math.max(...[heads, ...rows].map((row) => row[at]?.length ?? 0)));
  const line = (cells: readonly string[], fill = ' ') =>
    `| ${cells.map((cell, at) => cell.padEnd(widths[at] ?? 0, fill)).join(' | ')} |`;
  const table = [line(heads), line(['', '', ''], '-'), ...rows.map((row) => line(row))].join('\n');
  const found = /^([\s\S]*<!-- rooms -->\n\n)[\s\S]*(\n\n<!-- \/rooms -->[\s\S]*)$/.exec(
    read('orchestrator/README.md'),
  );
  assert.ok(found, 'README has a place for it');
  const wanted = `${found[1]}${table}${found[2]}`;
  if (process.env['UPDATE'] !== undefined) writeFileSync('orchestrator/README.md', wanted);
  assert.is(read('orchestrator/README.md'), wanted, 'run the tests with UPDATE=1');
});

test('no file is longer than 300 lines, half of them are shorter than 100, and no room has more than 25', () => {
  const all = [...sources, ...filesBelow('test')];
  const lengths = all.map((file) => ({ file, lines: read(file).split('\n').length - 1 }));
  assert.equal(
    lengths.filter(({ lines }) => lines > 300),
    [],
  );
  const sorted = lengths.filter(({ file }) => file.startsWith('orchestrator')).map(({ lines }) => lines);
  assert.ok((sorted.sort((a, b) => a - b)[Math.floor(sorted.length / 2)] ?? 0) < 100);
  const folders = groupBy(sources, (file) => file.slice(0, file.lastIndexOf('/')));
  assert.equal(
    [...folders].filter(([, files]) => files.length > 25).map(([folder]) => folder),
    [],
  );
});

test('every test file runs its tests', () => {
  const silent = filesBelow('test', '.test.ts').filter((file) => !/\.run\(\);/.test(read(file)));
  assert.equal(silent, []);
});

test('only the edge reads the process', () => {
  const reads =
    /\bprocess\.(env|argv|cwd|std|exit|pid|platform|on|kill|umask|getuid)|import (?!\{ kill \} )[^;]*'node:process'/;
  // The other one reads nothing: what it ends has to end with the process.
  const allowed = ['orchestrator/cli.ts', 'orchestrator/tool/process/group.ts'];
  const wrong = sources.filter((file) => !allowed.includes(file) && reads.test(read(file)));
  assert.equal(wrong, []);
});

test.run();
