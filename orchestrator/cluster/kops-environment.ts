import { shellQuote } from '../core/shell-quote.ts';
import type { ClusterRelease, FileSum } from './cluster-release.ts';
import { commentLines, kubernetesOf } from './file-text.ts';

/** The text of kops.env: what kOps is told by the environment. Undefined where the release has no network plugins. */
export function kopsEnvironment(release: ClusterRelease): string | undefined {
  const { url, plugins, sums } = release.artifacts;
  const known = new Map(sums.map(({ path, sha256 }) => [path, sha256]));
  const archives = Object.values(plugins).map((path) => ({ url: `${url}/${path}`, sha256: known.get(path) }));
  const [first, ...others] = archives;
  if (first === undefined) return undefined;
  const programs = programsIn(release);
  const hash = (sha256: string) => `export CNI_ASSET_HASH_STRING=sha256:${sha256}`;
  return [
    commentLines([
      `For kops create and kops update, read into a shell: the network plugins of ${release.release}.`,
      'kOps takes one archive for all nodes.',
    ]),
    `export CNI_VERSION_URL=${shellQuote(first.url)}\n`,
    ...(first.sha256 === undefined ? [] : [`${hash(first.sha256)}\n`]),
    ...others.map((other) =>
      commentLines([
        `export CNI_VERSION_URL=${shellQuote(other.url)}`,
        ...(other.sha256 === undefined ? [] : [hash(other.sha256)]),
      ]),
    ),
    // Only a manifest has the sums of archives.
    first.sha256 !== undefined ? '' : programs.length === 0 ? unpinned : pinnedBy(programs),
    commentLines([`Where kOps is older than ${kubernetesOf(release)}:`, 'export KOPS_RUN_TOO_NEW_VERSION=1']),
  ].join('');
}

/** The sums of what is in the archives, by paths that begin with the archive's name. */
function programsIn({ artifacts: { plugins, sums } }: ClusterRelease): readonly FileSum[] {
  return Object.values(plugins).flatMap((archive) => {
    const inside = `${archive.replace(/\.tar\.gz$/, '')}/`;
    const folder = inside.lastIndexOf('/', inside.length - 2) + 1;
    const own = sums.filter(({ path }) => path.startsWith(inside));
    return own.map((sum) => ({ ...sum, path: sum.path.slice(folder) }));
  });
}

/**
 * No lock has the archive's sum: upstream packs it with the times of that day. It counts once the programs in it are those
 * of the lock, and no others. Where they are not, kOps gets what it can take for no sum: given none, it would ask the server.
 */
function pinnedBy(programs: readonly FileSum[]): string {
  return `${commentLines([
    'The archive counts where the programs in it are those of this list, and no others. It takes curl, tar and sha256sum.',
  ])}CNI_PROGRAMS='
${programs.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')}'
CNI_ASSET_HASH_STRING=$(
  name=$(basename "$CNI_VERSION_URL" .tar.gz) && folder=$(mktemp -d) && cd "$folder" && mkdir "$name" &&
    printf %s "$CNI_PROGRAMS" | grep "  $name/" >sums &&
    curl -fsSL -o archive "$CNI_VERSION_URL" && tar -xzf archive -C "$name" && sha256sum -c sums >&2 &&
    [ -z "$(find "$name" ! -type f ! -type d)" ] &&
    [ "$(find "$name" -type f -perm -100 | wc -l)" -eq "$(wc -l <sums)" ] &&
    printf 'sha256:%s' "$(sha256sum <archive | cut -d ' ' -f 1)" && rm -rf "$folder"
) || {
  echo 'kops.env: the archive of the network plugins is not what it is to be. kOps will refuse it.' >&2
  CNI_ASSET_HASH_STRING=refused
}
export CNI_ASSET_HASH_STRING
`;
}

const unpinned = `${commentLines([
  'Of the programs in the archive no sum is known, so nothing tells whether it is the right one: look at it, and say its sum.',
])}export CNI_ASSET_HASH_STRING="\${CNI_ASSET_HASH_STRING:?sha256:... of the archive of the network plugins}"
`;
