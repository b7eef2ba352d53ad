import { shellQuote } from '../../core/shell-quote.ts';
import { comment } from './shell-text.ts';

/** What a release pins of a build, for the script that does it (`again.ts`). */
export interface AgainValues {
  readonly project: string;
  readonly release: string;
  readonly repository: string;
  readonly tag: string;
  readonly commit: string;
  /** Without the `go` in front. */
  readonly go: string;
  readonly goPatches: PinnedPatches | undefined;
  readonly patches: PinnedPatches | undefined;
  /** Who commits them. */
  readonly committer: { readonly name: string; readonly email: string };
  /** Empty files beside those of the checkout. */
  readonly markers: readonly string[];
  readonly files: readonly PublishedFile[];
}

/** Patches of one commit, in order. */
export interface PinnedPatches {
  readonly repository: string;
  readonly commit: string;
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

interface PublishedFile {
  readonly platform: string;
  readonly name: string;
  readonly sha256: string;
}

/** Assignments alone, each value a quoted word: a shell that reads them does nothing else. */
export function valuesText(values: AgainValues): string {
  const { project, release, repository, tag, commit, go, goPatches, patches, committer, markers, files } =
    values;
  const lines = {
    REPOSITORY: repository,
    TAG: tag,
    COMMIT: commit,
    ...patchValues('PATCHES', patches),
    COMMITTER_NAME: committer.name,
    COMMITTER_EMAIL: committer.email,
    MARKERS: markers.join(' '),
    GO: go,
    ...patchValues('GO_PATCHES', goPatches),
    SUMS: files.map(({ sha256, platform, name }) => `${sha256}  ${platform}/${name}`).join('\n'),
  };
  const head = comment(`What ${release} pins of ${project} ${tag}`);
  return `${[head, ...Object.entries(lines).map(([name, text]) => `${name}=${shellQuote(text)}`)].join('\n')}\n`;
}

function patchValues(name: string, patches: PinnedPatches | undefined): Readonly<Record<string, string>> {
  if (patches === undefined) return { [name]: '' };
  const { repository, commit, files } = patches;
  return {
    [`${name}_FROM`]: repository,
    [`${name}_COMMIT`]: commit,
    [name]: files.map(({ sha256, path }) => `${sha256} ${path}`).join('\n'),
  };
}
