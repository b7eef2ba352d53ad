import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A buildctl without a daemon: an image that it builds has one layer, the context as it was given, dated and in order, and
 * names its base in a label. So its digest depends on what was to go in, and on nothing else. Every build is a line of
 * `goroot/builds`; a file `goroot/on-buildctl` is read into the script before it does anything, and may end it.
 */
export function installFakeBuildctl(world: string): void {
  writeFileSync(join(world, 'goroot', 'bin', 'buildctl'), script, { mode: 0o755 });
  writeFileSync(join(world, 'goroot', 'builds'), '');
}

/** Shell that runs before each call: `exit 1`. Its words are still there. */
export function onBuildctl(world: string, text: string): void {
  writeFileSync(join(world, 'goroot', 'on-buildctl'), `${text}\n`);
}

/** For `onBuildctl`: no daemon is there. */
export const noBuilder = "echo 'error: failed to list workers: Unavailable: connection refused' >&2; exit 1";

/** The platforms and contents of the builds so far: `linux/amd64 hammer saw`. */
export function imageBuilds(world: string): readonly string[] {
  return readFileSync(join(world, 'goroot', 'builds'), 'utf8')
    .split('\n')
    .slice(0, -1);
}

const script = `#!/bin/sh
PATH=/usr/bin:/bin
root=\${0%/bin/buildctl}
case " $* " in *' debug workers '*) is_question=1 ;; esac
[ ! -f "$root/on-buildctl" ] || . "$root/on-buildctl"
if [ -n "$is_question" ]; then
  echo '[{"buildkitVersion":{"version":"v0.25.1"}}]'
  exit
fi
while [ $# -gt 0 ]; do
  case $1 in
    platform=*) platform=\${1#*=} ;;
    context=*) context=\${1#*=} ;;
    context:base=*) base=\${1##*@} ;;
    build-arg:SOURCE_DATE_EPOCH=*) epoch=\${1##*=} ;;
    type=oci,*) output=\${1#*dest=}; output=\${output%%,*} ;;
  esac
  shift
done
echo $platform $(ls "$context") >> "$root/builds"
mkdir -p "$output/blobs/sha256"
put() {
  hash=$(sha256sum < "$output/new")
  hash=\${hash%% *}
  size=$(wc -c < "$output/new")
  mv "$output/new" "$output/blobs/sha256/$hash"
}
oci=application/vnd.oci.image
descriptor() { echo "{\\"mediaType\\":\\"$oci.$1\\",\\"digest\\":\\"sha256:$hash\\",\\"size\\":$size}"; }
tar -c --sort=name --mtime=@$epoch --owner=0 --group=0 --numeric-owner -C "$context" . > "$output/new"
put
layer=$(descriptor layer.v1.tar)
cat > "$output/new" <<END
{"architecture":"\${platform#*/}","os":"linux","config":{"Labels":{"base":"$base"}},"rootfs":{"type":"layers","diff_ids":["sha256:$hash"]}}
END
put
config=$(descriptor config.v1+json)
cat > "$output/new" <<END
{"schemaVersion":2,"mediaType":"$oci.manifest.v1+json","config":$config,"layers":[$layer]}
END
put
echo '{"imageLayoutVersion":"1.0.0"}' > "$output/oci-layout"
echo "{\\"schemaVersion\\":2,\\"manifests\\":[$(descriptor manifest.v1+json)]}" > "$output/index.json"
`;
