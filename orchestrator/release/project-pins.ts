import { parseChecksums } from '../config/lock/checksums.ts';
import type { Authority, Expectation } from '../config/lock/lock.ts';
import type { UnsealedLock } from '../config/lock/lock-file.ts';
import { fixesOf } from '../config/lock/patch-message.ts';
import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import { isTagName } from '../core/names.ts';
import { whyStrangePath } from '../core/relative-path.ts';
import { err, ok, type Result } from '../core/result.ts';
import { attributeGo, type GoHistories } from './attribute-go.ts';
import { authorityOf, type Makefile } from './authority.ts';
import { readExpectedLists } from './expected-lists.ts';
import { attributionGo, chooseGo, makefileGo, minorOf, type ReadVersion } from './go-version.ts';
import { type FileVersion, instantOf } from './history.ts';
import { type ReadAtTag, withKubernetes } from './kubernetes-pins.ts';
import { patchFactsOf } from './patch-facts.ts';
import type { ProjectFiles } from './project-files.ts';
import { commitOf, fileIn, readText, readWord, shownFile, type Tree } from './upstream.ts';

type ProjectPins = UnsealedLock['projects'][string];

export interface PinContext {
  readonly tree: Tree;
  readonly branch: string;
  /** Of the release in its branch. */
  readonly number: number;
  /** Undefined where there is no repository of build tooling: then every Go is the official one. */
  readonly histories: GoHistories | undefined;
  /** A repository's URL with `{org}` and `{repo}`. */
  readonly sources: string;
  /** Reads Kubernetes' own repository, where it is at hand. */
  readonly readAtTag?: ReadAtTag;
}

/**
 * Everything that a lock says of a project; its commit is left `unresolved`.
 * Errors: `configuration` for a malformed file, `unsafe-path`, `source-unavailable` where the repository lacks content.
 */
export async function readProjectPins(
  files: ProjectFiles,
  context: PinContext,
): Promise<Result<ProjectPins, Failure>> {
  const { tree, branch, readAtTag } = context;
  const tag = await readWord(tree, files.gitTag, isTagName, "a git tag's name, and nothing else");
  if (!tag.ok) return tag;
  const golang = await readGolang(files, tree);
  if (!golang.ok) return golang;
  const go = await readGo(files, context);
  if (!go.ok) return go;
  const patches = await readPatches(files, tree);
  if (!patches.ok) return patches;
  const checksums = await readChecksums(files, context);
  if (!checksums.ok) return checksums;
  const [org = '', repo = ''] = files.project.split('/');
  const pins: ProjectPins = {
    repository: context.sources.replaceAll('{org}', org).replaceAll('{repo}', repo),
    tag: tag.value,
    commit: 'unresolved',
    ...defined({
      golang: golang.value && { minor: golang.value.version, read: golang.value.read },
      go: go.value,
    }),
    patches: patches.value,
    ...defined({ checksums: checksums.value }),
  };
  const expectedFiles = await readExpectedLists(files.project, tag.value, context);
  if (!expectedFiles.ok) return expectedFiles;
  const whole =
    files.project === 'kubernetes/kubernetes'
      ? await withKubernetes(pins, files.patches, tree, branch, readAtTag)
      : ok(pins);
  // In the order in which a lock has its members.
  return whole.ok ? ok({ ...whole.value, ...defined({ expectedFiles: expectedFiles.value }) }) : whole;
}

/** What CHECKSUMS says, and how far it can be trusted; undefined where there is none. Errors: as above. */
export async function readExpectations(
  files: ProjectFiles,
  tree: Tree,
  branch: string,
): Promise<
  Result<
    | {
        readonly authority: Authority;
        readonly because: string | undefined;
        readonly files: readonly Expectation[];
      }
    | undefined,
    Failure
  >
> {
  const { checksums } = files;
  if (checksums === undefined) return ok(undefined);
  const text = await readText(tree, checksums);
  if (!text.ok) return text;
  const parsed = parseChecksums(shownFile(tree, checksums), text.value, branch);
  if (!parsed.ok) return err({ reason: 'configuration', diagnostics: parsed.error });
  const makefiles: Makefile[] = [];
  for (const file of [files.makefile, files.overrides]) {
    if (file === undefined) continue;
    const makefile = await readText(tree, file);
    if (!makefile.ok) return makefile;
    makefiles.push({ path: file.path, text: makefile.value });
  }
  return ok({ ...authorityOf(makefiles), files: parsed.value });
}

async function readChecksums(
  files: ProjectFiles,
  { tree, branch }: PinContext,
): Promise<Result<ProjectPins['checksums'], Failure>> {
  const expectations = await readExpectations(files, tree, branch);
  if (!expectations.ok) return expectations;
  if (expectations.value === undefined || files.checksums === undefined) return ok(undefined);
  const { authority, because } = expectations.value;
  const changed = tree.history.commits[files.checksums.since];
  const newer = newerThan(files.checksums, files, tree);
  return ok({
    file: files.checksums.path,
    authority,
    ...defined({ because }),
    changed: instantOf(changed?.time ?? 0),
    changedBy: changed?.id ?? '',
    ...(newer.length === 0 ? {} : { newer }),
    files: expectations.value.files.map((file) => ({ ...file, line: String(file.line) })),
  });
}

/** What of a build's inputs changed after its expectations did. */
function newerThan(
  checksums: FileVersion,
  { gitTag, golangVersion, patches }: ProjectFiles,
  { history }: Tree,
): NonNullable<NonNullable<ProjectPins['checksums']>['newer']> {
  return [gitTag, ...(golangVersion === undefined ? [] : [golangVersion]), ...patches]
    .filter(({ since }) => since > checksums.since)
    .map(({ path, since }) => {
      const { time = 0, id = '' } = history.commits[since] ?? {};
      return { path, changed: instantOf(time), changedBy: id };
    });
}

/** The Go release that was asked for: of GOLANG_VERSION, or of the Makefile before there was such a file. */
async function readGolang(
  files: Pick<ProjectFiles, 'golangVersion' | 'makefile'>,
  tree: Tree,
): Promise<Result<ReadVersion | undefined, Failure>> {
  if (files.golangVersion !== undefined) {
    const word = await readWord(
      tree,
      files.golangVersion,
      (text) => /^1\.[0-9]{1,3}(\.[0-9]{1,3})?$/.test(text),
      'a Go release, such as 1.21',
    );
    return word.ok ? ok({ version: minorOf(word.value), read: `${files.golangVersion.path}:1` }) : word;
  }
  if (files.makefile === undefined) return ok(undefined);
  const text = await readText(tree, files.makefile);
  if (!text.ok) return text;
  const found = makefileGo(text.value);
  return ok(found && { version: found.version, read: `${files.makefile.path}:${found.line}` });
}

async function readGo(
  files: ProjectFiles,
  { tree, branch, histories }: PinContext,
): Promise<Result<ProjectPins['go'], Failure>> {
  const { attribution } = files;
  // What was built last was built when CHECKSUMS was last changed, with the Go release that was asked for then.
  const place = files.checksums?.since ?? tree.place;
  const then: Tree = { ...tree, place };
  const golang = await readGolang(
    {
      golangVersion: fileIn(then, `projects/${files.project}/${branch}/GOLANG_VERSION`),
      makefile: fileIn(then, `projects/${files.project}/Makefile`),
    },
    then,
  );
  if (!golang.ok) return golang;
  const said =
    attribution && (await tree.blobs.parsed(attribution.blob, (text) => attributionGo(text) ?? null));
  if (said?.ok === false) return said;
  const found = said?.value;
  const { time } = commitOf(then);
  const image = golang.value && histories?.builder?.at(golang.value.version, time);
  const chosen = chooseGo({
    attribution:
      attribution === undefined || found === undefined || found === null
        ? undefined
        : {
            version: found.version,
            read: `${attribution.path}:${found.line}`,
            isCurrent: attribution.since >= place || files.checksums === undefined,
          },
    builder: image && { version: image.version, read: image.read },
  });
  if (chosen === undefined) return ok(undefined);
  const { version, read } = chosen;
  if (histories === undefined) return ok({ version, flavour: 'official', read, others: [...chosen.others] });
  const { flavour, origin, build, others } = attributeGo(version, time, histories);
  return ok({
    version,
    flavour,
    ...defined({ build: build?.name }),
    origin,
    read,
    others: [...chosen.others, ...others],
  });
}

async function readPatches(
  files: ProjectFiles,
  tree: Tree,
): Promise<Result<ProjectPins['patches'], Failure>> {
  const patches: ProjectPins['patches'] = [];
  for (const { path, blob } of files.patches) {
    const why = whyStrangePath(path);
    if (why !== undefined) {
      return err({
        reason: 'unsafe-path',
        path,
        where: `commit ${commitOf(tree).id} of ${tree.repository}`,
        detail: why,
      });
    }
    const sha256 = await tree.blobs.sha256(blob);
    if (!sha256.ok) return sha256;
    const facts = await patchFactsOf(tree.blobs, blob);
    if (!facts.ok) return facts;
    const fixes = fixesOf(path, facts.value?.told ?? []);
    patches.push({
      path,
      sha256: sha256.value ?? 'unavailable',
      ...defined({ subject: facts.value?.subject, fixes: fixes.length === 0 ? undefined : [...fixes] }),
    });
  }
  return ok(patches);
}
