import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A machine's go, and the toolchains that it "fetches": sh scripts, so that a whole verify takes a fraction of a second
 * and all but the compiler is real. The scripts find the world's folder by their own path: a world can be copied.
 * Every call is a line of `goroot/calls`. A file `goroot/on-<word>` is read into the script before it does what that
 * word of the go command asks for, and may end it.
 */
export function installFakeGo(world: string): void {
  const bin = join(world, 'goroot', 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'go'), machineGo, { mode: 0o755 });
  writeFileSync(join(world, 'goroot', 'pinned'), pinnedGo, { mode: 0o755 });
  forgetGoCalls(world);
}

/**
 * Shell that runs before each `go <word>`: `echo trouble >&2; exit 1`. `toolchain` is a download of one; `$version` is its
 * version, or that of the pinned go that runs; `$GOOS` and `$GOARCH` are there.
 */
export function onGo(
  world: string,
  word: 'env' | 'toolchain' | 'list' | 'mod' | 'build',
  script: string,
): void {
  writeFileSync(join(world, 'goroot', `on-${word}`), `${script}\n`);
}

/** The calls so far: `machine toolchain go1.20.5`, `go1.20.5 linux/arm64 build ...`. */
export function goCalls(world: string): readonly string[] {
  return readFileSync(join(world, 'goroot', 'calls'), 'utf8')
    .split('\n')
    .slice(0, -1);
}

export function forgetGoCalls(world: string): void {
  writeFileSync(join(world, 'goroot', 'calls'), '');
}

/** The bytes that the fake builds: what a real compiler's output depends on, as text. */
export function fakeProgram(built: {
  readonly go: string;
  readonly platform: string;
  readonly ldflags: string;
  /** Of the package's folder. */
  readonly source: string;
}): string {
  return `go${built.go} ${built.platform} ${built.ldflags}\n${built.source}`;
}

/** How the real one (1.26) says that the proxy refuses a toolchain. */
export function refusedToolchain(version: string): string {
  const name = `v0.0.1-go${version}.linux-amd64`;
  return `go: golang.org/toolchain@${name}: reading https://proxy.test.example/golang.org/toolchain/@v/${name}.info: 403 Forbidden
	server response: This module version is not available.`;
}

const machineGo = `#!/bin/sh
PATH=/usr/bin:/bin
root=\${0%/bin/go}
word=$1
what=$*
case $GOTOOLCHAIN in
  go*)
    version=$GOTOOLCHAIN
    name=v0.0.1-$version.linux-amd64
    word=toolchain
    what="toolchain $version"
    ;;
esac
echo "machine $what" >> "$root/calls"
[ ! -f "$root/on-$word" ] || . "$root/on-$word"
case $word in
  env)
    cat <<END
{ "GOVERSION": "go1.26.8", "GOHOSTOS": "linux", "GOHOSTARCH": "amd64", "GOROOT": "$root",
  "GOPROXY": "https://proxy.test.example", "GOSUMDB": "sum.test.example" }
END
    ;;
  mod)
    # download -json a@v1 b@v2
    for each in "$@"; do
      case $each in *@*) printf '{\\n"Path": "%s", "Version": "%s"\\n}\\n' "\${each%@*}" "\${each##*@}" ;; esac
    done
    ;;
  toolchain)
    folder=$GOMODCACHE/golang.org/toolchain@$name
    download=$GOMODCACHE/cache/download/golang.org/toolchain/@v
    mkdir -p "$folder/bin" "$download"
    cat "$root/pinned" > "$folder/bin/go"
    echo "$version" > "$folder/VERSION"
    echo h1:sum-of-$version > "$download/$name.ziphash"
    ;;
esac
`;

const pinnedGo = `#!/bin/sh
read -r version < "\${0%/bin/go}/VERSION"
[ "$1" != version ] || { echo "go version $version linux/amd64"; exit; }
root=\${0%%/cache/trees/*}/goroot
echo "$version $GOOS/$GOARCH $*" >> "$root/calls"
[ ! -f "$root/on-$1" ] || . "$root/on-$1"
case $1 in
  list)
    while read -r word module revision; do
      [ "$word" = require ] || continue
      download=$GOMODCACHE/cache/download/$module/@v
      mkdir -p "$GOMODCACHE/$module@$revision" "$download"
      echo "package m" > "$GOMODCACHE/$module@$revision/m.go"
      for kind in info lock mod zip ziphash; do echo "$kind" > "$download/$revision.$kind"; done
    done < go.mod
    ;;
  build)
    shift
    packages=
    while [ $# -gt 0 ]; do
      case $1 in
        -ldflags) ldflags=$2; shift ;;
        -o) output=$2; shift ;;
        -*) ;;
        *) packages="$packages $1" ;;
      esac
      shift
    done
    for package in $packages; do
      case $output in
        */) file=$output\${package##*/}; [ "$GOOS" != windows ] || file=$file.exe ;;
        *) file=$output ;;
      esac
      { echo "$version $GOOS/$GOARCH $ldflags"; cat "$package"/*.go; } > "$file"
      chmod +x "$file"
    done
    ;;
esac
`;
