import { type ListReading, parseExpectedList } from '../config/lock/expected-list.ts';
import type { UnsealedLock } from '../config/lock/lock-file.ts';
import { defined } from '../core/defined.ts';
import type { Failure } from '../core/failure.ts';
import { isTagName, type ProjectName } from '../core/names.ts';
import { err, ok, type Result } from '../core/result.ts';
import { fileIn, readText, readWord, shownFile, type Tree } from './upstream.ts';

type ExpectedFiles = NonNullable<UnsealedLock['projects'][string]['expectedFiles']>;

/** A list that a project may have. */
interface List {
  readonly kind: keyof ExpectedFiles;
  readonly path: string;
  readonly reading: ListReading;
}

interface ListContext {
  readonly tree: Tree;
  readonly branch: string;
  readonly number: number;
}

/**
 * The lists that upstream's `validate_artifacts.sh` held a project's published files against, with their placeholders resolved.
 * Since 2021-12-22 (4ebc94005) they are `expected_artifacts` and `expected_images`, with paths below the folder that is published.
 * From 2021-10-04 (53128afa5) until then there was one for each folder of the site, with paths from the site's root: what went into
 * another project's folder were images, into Kubernetes'. Undefined where the project has none.
 * Errors: `configuration` for a malformed list; `source-unavailable` where the repository lacks its content.
 */
export async function readExpectedLists(
  project: ProjectName,
  tag: string,
  context: ListContext,
): Promise<Result<ExpectedFiles | undefined, Failure>> {
  const { tree } = context;
  const now = listsOfNow(project, tag).filter(({ path }) => fileIn(tree, path) !== undefined);
  const lists = now.length > 0 ? ok(now) : await earlierLists(project, tag, context);
  if (!lists.ok) return lists;
  const found: { [Kind in List['kind']]?: { file: string; paths: string[] } } = {};
  for (const { kind, path, reading } of lists.value) {
    const file = fileIn(tree, path);
    if (file === undefined) continue;
    const text = await readText(tree, file);
    if (!text.ok) return text;
    const paths = parseExpectedList(shownFile(tree, file), text.value, reading);
    if (!paths.ok) return err({ reason: 'configuration', diagnostics: paths.error });
    found[kind] = { file: path, paths: [...paths.value] };
  }
  const { artifacts, images } = found;
  return ok(artifacts === undefined && images === undefined ? undefined : defined({ artifacts, images }));
}

function listsOfNow(project: ProjectName, tag: string): readonly List[] {
  const reading = { values: { GIT_TAG: tag }, below: '' };
  return [
    { kind: 'artifacts', path: `projects/${project}/expected_artifacts`, reading },
    { kind: 'images', path: `projects/${project}/expected_images`, reading },
  ];
}

async function earlierLists(
  project: ProjectName,
  tag: string,
  { tree, branch, number }: ListContext,
): Promise<Result<readonly List[], Failure>> {
  const repo = project.slice(project.indexOf('/') + 1);
  const pathOf = (folder: string) => `projects/${project}/expected_artifacts_${folder}`;
  const file = fileIn(tree, `projects/kubernetes/kubernetes/${branch}/GIT_TAG`);
  const isThere = [repo, 'kubernetes'].some((folder) => fileIn(tree, pathOf(folder)) !== undefined);
  if (!isThere) return ok([]);
  const kubernetes = file && (await readWord(tree, file, isTagName, "a git tag's name, and nothing else"));
  if (kubernetes?.ok === false) return kubernetes;
  const tags = defined({ GIT_TAG: tag, KUBERNETES_GIT_TAG: kubernetes?.value });
  const values = { RELEASE_BRANCH: branch, RELEASE: String(number), ...tags };
  const listOf = (kind: List['kind'], folder: string, of: string | undefined): List => {
    const below = `kubernetes-${branch}/releases/${number}/artifacts/${folder}/${of ?? ''}/`;
    return { kind, path: pathOf(folder), reading: { values, below } };
  };
  return ok([
    listOf('artifacts', repo, tag),
    ...(repo === 'kubernetes' ? [] : [listOf('images', 'kubernetes', kubernetes?.value)]),
  ]);
}
