import type { Command, MountedFolder, ProcessOutcome, RunProcess } from './process.ts';

/** What the script below ends with where it could not do it: no program of ours ends with that. */
const notMounted = 97;

/** Where util-linux and coreutils are where the command's own PATH does not say so; it is given back to it. */
const widen = `path=\${PATH-}
PATH=$path:/usr/sbin:/usr/bin:/sbin:/bin`;

/**
 * Makes a mount namespace, as root as it is and otherwise in a user namespace, where the machine allows one.
 * util-linux' unshare makes every mount in it private, so that nothing of it is seen outside, and all ends with it.
 */
const enter = `${widen}
set -- env PATH="$path" "$@"
if unshare --mount true 2>/dev/null; then exec unshare --mount "$@"; fi
why=$(unshare --user --map-root-user --mount true 2>&1) || { echo "$why" >&2; exit ${notMounted}; }
exec unshare --user --map-root-user --mount "$@"`;

/**
 * Puts a new folder in the place of the first one on the way, with all that it had, so that what is missing on the way can
 * be made without a trace on the disk. The current folder is entered by its name, so that PWD says it.
 */
const mount = `set -eu
${widen}
trap 'exit ${notMounted}' EXIT
folder=$1 at=$2 new=$3 cwd=$4
shift 4
rest=\${at#/}
top=/\${rest%%/*}
rest=\${rest#*/}
[ -d "$top" ] || { echo "there is no folder $top" >&2; exit 1; }
mount -t tmpfs -o mode=755 none "$new"
old=$top
target=$new
while [ -n "$rest" ]; do
  next=\${rest%%/*}
  case $rest in */*) rest=\${rest#*/} ;; *) rest= ;; esac
  for entry in "$old"/* "$old"/.[!.]* "$old"/..?*; do
    name=\${entry##*/}
    if [ "$name" = "$next" ] || { [ ! -e "$entry" ] && [ ! -L "$entry" ]; }; then continue; fi
    if [ -L "$entry" ]; then cp -P "$entry" "$target/$name"
    elif [ -d "$entry" ]; then mkdir "$target/$name" && mount --rbind "$entry" "$target/$name"
    else : >"$target/$name" && mount --bind "$entry" "$target/$name"
    fi
  done
  old=$old/$next
  target=$target/$next
  mkdir "$target"
done
mount --rbind "$folder" "$target"
mount --rbind "$new" "$top"
cd "$cwd"
PATH=$path
trap - EXIT
exec "$@"`;

/**
 * Why nothing can be mounted here, as the end of a sentence; undefined where it can. Tries it: a machine may allow the
 * namespace and not the mount. @param folder any that is there.
 */
export async function whyNoMounts(
  run: RunProcess,
  path: string,
  folder: string,
): Promise<string | undefined> {
  const args = ['-c', enter, 'sh', '/bin/sh', '-c', 'mount -t tmpfs none .'];
  const env = { LC_ALL: 'C', PATH: path };
  const outcome = await run({ program: '/bin/sh', args, cwd: folder, env, network: 'none' });
  if (outcome.exitCode === 0) return undefined;
  return outcome.stderr.trim() || outcome.spawnError || 'a mount namespace cannot be made';
}

/** The words in front of a command's argv that make it see a folder elsewhere. */
export function mountPrefix({ folder, at, scratch }: MountedFolder, cwd: string): readonly string[] {
  const inside = ['/bin/sh', '-c', mount, 'sh', folder, at, scratch, cwd];
  return ['/bin/sh', '-c', enter, 'sh', ...inside];
}

/** Why a command could not be run, where it is that its folder could not be mounted. */
export function whyNotMounted(
  command: Pick<Command, 'mounted'>,
  outcome: Pick<ProcessOutcome, 'exitCode' | 'stderr'>,
): string | undefined {
  if (command.mounted === undefined || outcome.exitCode !== notMounted) return undefined;
  return outcome.stderr.trim() || 'a mount namespace cannot be made';
}
