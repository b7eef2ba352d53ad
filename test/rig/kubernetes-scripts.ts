import type { KubernetesEra } from '../../orchestrator/config/project/kubernetes.ts';

/**
 * Scripts for a repository of Kubernetes' shape, written for these tests: they take what Kubernetes' own take from their
 * environment and call the go command as those do in an era. What they build is what the plain go commands are held against.
 * @param trims whether the script gives `-trimpath` itself, and no path: since 1.30, and in some of the minors before it.
 */
export function buildScripts(era: KubernetesEra, trims: boolean): Readonly<Record<string, string>> {
  return {
    'hack/make-rules/build.sh': entry,
    'hack/lib/version.sh': version(namesOf(era)),
    'hack/lib/golang.sh': golang(callsOf(era, trims)),
  };
}

const entry = `#!/usr/bin/env bash
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd -P)
. "$root/hack/lib/version.sh"
. "$root/hack/lib/golang.sh"
build "$@"
`;

const short = ['k8s.io/client-go/pkg/version', 'k8s.io/component-base/version'];
const vendored = short.map((name) => `k8s.io/kubernetes/vendor/${name}`);

function namesOf(era: KubernetesEra): readonly string[] {
  if (era === '1.18-1.19' || era === '1.20-1.23') return vendored;
  return era === '1.30-1.33' || era === '1.34-' ? short : [...vendored, ...short];
}

/** What is in a version file beats the environment; major and minor are derived where there is no such file. */
function version(names: readonly string[]): string {
  return `version_words() {
  if [ -n "\${KUBE_GIT_VERSION_FILE:-}" ]; then
    . "$KUBE_GIT_VERSION_FILE"
  elif [[ "\${KUBE_GIT_VERSION:-}" =~ ^v([0-9]+)\\.([0-9]+)(\\.[0-9]+)?(-.*)?$ ]]; then
    KUBE_GIT_MAJOR=\${BASH_REMATCH[1]}
    KUBE_GIT_MINOR=\${BASH_REMATCH[2]}
    [ -z "\${BASH_REMATCH[4]}" ] || KUBE_GIT_MINOR+=+
  fi
  words=()
  stamp buildDate "$(date -u --date="@\${SOURCE_DATE_EPOCH:-$(date +%s)}" +%Y-%m-%dT%H:%M:%SZ)"
  if [ -n "\${KUBE_GIT_COMMIT:-}" ]; then
    stamp gitCommit "$KUBE_GIT_COMMIT"
    stamp gitTreeState "$KUBE_GIT_TREE_STATE"
  fi
  [ -z "\${KUBE_GIT_VERSION:-}" ] || stamp gitVersion "$KUBE_GIT_VERSION"
  if [ -n "\${KUBE_GIT_MAJOR:-}" ] && [ -n "\${KUBE_GIT_MINOR:-}" ]; then
    stamp gitMajor "$KUBE_GIT_MAJOR"
    stamp gitMinor "$KUBE_GIT_MINOR"
  fi
  echo "\${words[*]}"
}
stamp() {
  for name in ${names.join(' ')}; do
    words+=("-X '$name.$1=$2'")
  done
}
`;
}

interface Calls {
  /** Before go. */
  readonly env: string;
  /** Where go is run. */
  readonly folder: 'link' | 'root';
  readonly flags: readonly string[];
}

function callsOf(era: KubernetesEra, trims: boolean): Calls {
  const early = (tags: string): Calls => ({
    env: 'GO111MODULE=off',
    folder: 'link',
    flags: [
      '-gcflags "$GOGCFLAGS -trimpath=$root"',
      '-asmflags "-trimpath=$root"',
      '-ldflags "$GOLDFLAGS $(version_words)"',
      `-tags "${tags}"`,
    ],
  });
  const linked = (env: string): Calls => ({
    env,
    folder: 'link',
    flags: [
      '-gcflags="all=-trimpath=$here $GOGCFLAGS"',
      '-asmflags="all=-trimpath=$here"',
      '-ldflags="all=$(version_words) $GOLDFLAGS -s -w"',
      '-tags="selinux,notest,"',
    ],
  });
  const plain = (folder: Calls['folder'], tags: string): Calls => ({
    env: 'GO111MODULE=on GOPROXY=off',
    folder,
    flags: ['-trimpath', '-gcflags=', '-ldflags="all=$(version_words) $GOLDFLAGS -s -w"', `-tags="${tags}"`],
  });
  switch (era) {
    case '1.18-1.19':
      return early('selinux,');
    case '1.20-1.23':
      return early('selinux,notest,');
    case '1.24':
      return linked('GO111MODULE=off');
    case '1.25-1.29':
      return trims ? plain('link', 'selinux,notest,') : linked('GO111MODULE=on GOPROXY=off');
    case '1.30-1.33':
      return plain('root', 'selinux,notest,');
    case '1.34-':
      return plain('root', 'selinux,notest,grpcnotrace,');
  }
}

/** Programs end up in `_output/local/bin/<os>/<arch>`. */
function golang({ env, folder, flags }: Calls): string {
  return `build() {
  GOGCFLAGS=\${GOGCFLAGS:-}
  export GOPATH=$root/_output/local/go GOCACHE=\${GOCACHE:-$root/_output/local/go/cache}
  mkdir -p "$GOPATH/src/k8s.io"
  ln -snf "$root" "$GOPATH/src/k8s.io/kubernetes"
  cd ${folder === 'link' ? '"$GOPATH/src/k8s.io/kubernetes"' : '"$root"'}
  here=$PWD
  dashed=() packages=()
  for word; do
    case $word in -*) dashed+=("$word") ;; *) packages+=("k8s.io/kubernetes/$word") ;; esac
  done
  for platform in $KUBE_BUILD_PLATFORMS; do
    target=$root/_output/local/bin/$platform
    mkdir -p "$target"
    env ${env} GOOS=\${platform%/*} GOARCH=\${platform#*/} CGO_ENABLED=0 GOBIN= \\
      go build -installsuffix static "\${dashed[@]}" ${flags.join(' \\\n      ')} \\
      -o "$target/" "\${packages[@]}"
  done
}
`;
}
