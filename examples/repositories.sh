#!/bin/sh
# Makes the sample's git repositories as history.txt says, with the same commit ids on every machine.
#
# usage: sh repositories.sh FOLDER     makes FOLDER/upstream.git, FOLDER/sample/clock.git and so on; FOLDER must be new
set -eu

# Nothing of the caller's environment or git configuration may reach a commit.
[ "${SAMPLE_CLEAN-}" = yes ] || exec env -i SAMPLE_CLEAN=yes PATH="$PATH" sh "$0" "$@"
export HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1 GIT_CONFIG_GLOBAL=/dev/null GIT_ATTR_NOSYSTEM=1
export GIT_DEFAULT_HASH=sha1 LC_ALL=C TZ=UTC
export GIT_AUTHOR_NAME='Sample Author' GIT_AUTHOR_EMAIL=author@sample.example
export GIT_COMMITTER_NAME='Sample Author' GIT_COMMITTER_EMAIL=author@sample.example
umask 022

examples=$(cd "$(dirname "$0")" && pwd -P)
mkdir "$1"
into=$(cd "$1" && pwd -P)

grep '^[a-z]' "$examples/history.txt" | while read -r folder date adds tag message; do
  repository=$into/${folder#sources/}.git
  if [ ! -d "$repository" ]; then
    git init --quiet --bare --template= "$repository"
    git --git-dir="$repository" symbolic-ref HEAD refs/heads/main
    git --git-dir="$repository" config core.fileMode false # permissions of this checkout do not count
  fi

  cd "$examples/$folder"
  export GIT_DIR="$repository" GIT_WORK_TREE=. GIT_AUTHOR_DATE="$date" GIT_COMMITTER_DATE="$date"
  if [ "$adds" != - ]; then
    # shellcheck disable=SC2046 # a word is a name
    git add --force -- $(echo "$adds" | tr , ' ')
  fi
  git commit --quiet --allow-empty --message="$message"
  case $tag in
    annotated:*) git tag --annotate --message="${tag#*:}" "${tag#*:}" ;;
    lightweight:*) git tag "${tag#*:}" ;;
  esac
  unset GIT_DIR GIT_WORK_TREE
done
