/**
 * Variables of scripts, and why a recipe cannot set some: what they say is not what is built, but who builds it, and from where. The
 * first that fits counts.
 */
const beyond: readonly (readonly [names: RegExp, why: string])[] = [
  [
    /^(GOCACHE|GOENV|GOMODCACHE|GOPROXY|GOSUMDB|GOTOOLCHAIN|HOME|PATH|PWD|TMPDIR)$/,
    'every script gets one of its own',
  ],
  [
    /^(GOROOT|GOTOOLDIR|GOBIN|GOTMPDIR|GOINSECURE|GONOPROXY|GONOSUMCHECK|GONOSUMDB|GOPRIVATE|GOVCS|GOAUTH|GOCACHEPROG|GOPACKAGESDRIVER|GCCGO.*|GOTELEMETRY.*)$/,
    'it says which go runs, or whom it asks',
  ],
  [/^GOFLAGS$/, 'it hands flags to every go command, the recipe\'s "flags" to that which builds'],
  [
    /^(CC|CXX|FC|AR|AS|LD|NM|STRIP|PKG_CONFIG.*|CC_FOR_.*|CXX_FOR_.*|CGO_(?!ENABLED$).*)$/,
    'it names a program, or flags of one: what runs stands among the tools',
  ],
  [
    /^(LD_.*|DYLD_.*|GCONV_PATH|LOCPATH|NLSPATH|GLIBC_TUNABLES|MALLOC_.*)$/,
    'it has other code loaded into every program',
  ],
  [
    /^(BASH_ENV|BASH_FUNC.*|BASHOPTS|CDPATH|ENV|GLOBIGNORE|IFS|PROMPT_COMMAND|PS4|SHELL|SHELLOPTS)$/,
    'it changes what a shell does before it runs anything',
  ],
  [
    /^(PERL5.*|PYTHON.*|RUBY.*|NODE_.*|LUA_.*|JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_.*|AWKPATH|AWKLIBPATH)$/,
    'it has other code loaded into scripts',
  ],
  [
    /^(GIT_.*|SSH_.*|GNUPGHOME|GPG_.*)$/,
    "git gets its environment from the task: nothing of it is a recipe's",
  ],
  [
    /^(MAKE|MAKEFILES|MAKEFLAGS|MFLAGS|GNUMAKEFLAGS|TAR_OPTIONS|GZIP|XZ_.*|ZSTD_.*|GREP_OPTIONS|RSYNC_.*|CURL_HOME|WGETRC|EDITOR|VISUAL|PAGER|LESSOPEN)$/,
    'it hands flags to a program that the command does not show',
  ],
  [/_proxy$/i, 'nothing is fetched where things are compiled'],
  [
    /^(AWS_.*|AZURE_.*|GOOGLE_.*|DOCKER_.*|BUILDKIT_.*|KUBECONFIG|CONTAINERD_.*|XDG_.*|USER|LOGNAME|OLDPWD|TZDIR|EKSD_.*)$/,
    'it speaks of the machine, and not of what is built',
  ],
];

/** The end of a sentence: why a recipe cannot set a variable; undefined where it can. */
export function whyReservedVariable(name: string): string | undefined {
  return beyond.find(([names]) => names.test(name))?.[1];
}

/** Programs that get out of where a build is kept. */
const leaving = new Set(
  'chroot containerd ctr docker doas kubectl machinectl mount nerdctl nsenter pkexec podman runc runuser scp ssh su sudo systemctl systemd-run umount unshare'.split(
    ' ',
  ),
);

export function leavesTheBuild(tool: string): boolean {
  return leaving.has(tool);
}

/** Words of programs that are told by them what else to run, or where: `make -C`, `git -c`, `go build -toolexec`. */
const outward: Readonly<Record<string, RegExp>> = {
  git: /^(-c|-C|--(git-dir|work-tree|exec-path|config-env|namespace|super-prefix|upload-pack|receive-pack|upload-archive)(=.*)?)$/,
  go: /^--?(C|exec|fixtool|modfile|overlay|pkgdir|toolexec|vettool|workfile)(=.*)?$/,
  make: /^(-C.*|-f.*|-I.*|--(directory|file|makefile|include-dir|eval)(=.*)?|(SHELL|MAKEFLAGS|MAKE|CC|CXX|LD|AR)[:+?]?=.*)$/,
};

/** Why the words of a command reach beyond the checkout that it is run in, by the word's place. */
export function whyOutwardWord(
  words: readonly string[],
): { readonly index: number; readonly why: string } | undefined {
  const [program = ''] = words;
  for (const [index, word] of words.entries()) {
    if (index === 0) continue;
    const shown = JSON.stringify(word);
    if (/\p{Cc}/u.test(word)) return { index, why: `${shown} holds a control character` };
    const isOutward = Object.hasOwn(outward, program) && outward[program]?.test(word) === true;
    if (isOutward) return { index, why: `${shown} has ${program} run or read something else` };
    // A shell's own text is none of these: it can do whatever its tools can.
    if (/^\S+$/.test(word) && /(^|[=:,])(\/|~|\.\.(\/|$))|\/\.\.(\/|$)/.test(word)) {
      return { index, why: `${shown} leads out of the checkout` };
    }
  }
  return undefined;
}
