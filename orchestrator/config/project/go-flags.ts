/**
 * What a recipe, an overlay or a published program may have the go command told: flags that change what is compiled. A flag that
 * has others run, reads or writes elsewhere, or looks for modules elsewhere is not among them: a list of what may be stays true when
 * the go command learns new ones.
 */

/** Flags by name, with what their values look like: none, one, or one that may be left out. */
type Grammar = Readonly<Record<string, '' | RegExp | readonly [optional: RegExp]>>;

/** Why a word is none of a grammar's, by the word's place. */
export interface WrongWord {
  readonly index: number;
  readonly why: string;
}

/** `go help build` */
const buildFlags: Grammar = {
  ...{ a: '', asan: '', modcacherw: '', msan: '', race: '', trimpath: '', v: '', x: '' },
  asmflags: /^/,
  buildmode: /^(default|exe|pie)$/,
  buildvcs: /^(auto|false|true)$/,
  gcflags: /^/,
  installsuffix: /^[A-Za-z0-9_]+$/,
  mod: /^(mod|readonly|vendor)$/,
  p: /^[1-9][0-9]{0,3}$/,
  pgo: /^(auto|off)$/,
  tags: /^[A-Za-z0-9_.,]*$/,
};

/** A path that is trimmed, what stands for it, and several of them: names of the checkout's place and plain characters. */
const trimmed = /^[A-Za-z0-9_./+@{}=>;-]*$/;

/** `go tool compile -help`, `go tool asm -help`: what is optimized, and what is told of paths. */
const compileFlags: Grammar = {
  ...{ B: '', C: '', N: '', dynlink: '', e: '', race: '', shared: '' },
  D: /^[A-Za-z_][A-Za-z0-9_]*(=[A-Za-z0-9_.]+)?$/,
  c: /^[1-9][0-9]{0,3}$/,
  dwarf: /^(false|true)$/,
  dwarflocationlists: /^(false|true)$/,
  l: [/^[0-9]$/],
  lang: /^go1\.[0-9]+$/,
  m: [/^[0-9]$/],
  spectre: /^[a-z,]+$/,
  trimpath: trimmed,
  wb: /^(false|true)$/,
};

/** A variable that `-X` sets: `main.version`. */
export const stampName = /^[A-Za-z0-9_][A-Za-z0-9_./~+-]*\.[A-Za-z_][A-Za-z0-9_]*$/;

/** `go tool link -help` */
const linkFlags: Grammar = {
  ...{ aslr: '', asan: '', bindnow: '', compressdwarf: '', msan: '', race: '', s: '', w: '' },
  B: /^(gobuildid|none|0x[0-9a-f]+)$/,
  H: /^[a-z0-9]+$/,
  X: /^[A-Za-z0-9_][A-Za-z0-9_./~+-]*\.[A-Za-z_][A-Za-z0-9_]*=[^\s\p{Cc}]*$/u,
  buildid: /^(''|""|[A-Za-z0-9_./+=-]*)$/,
  buildmode: /^(exe|pie)$/,
  checklinkname: /^[01]$/,
  extldflags: /^/,
  linkmode: /^(auto|external|internal)$/,
};

/** What the linker may hand to the C compiler. */
const externalFlag =
  /^-(static|static-pie|no-pie|pie|pthread|s|g|O[0-3s]?|l[A-Za-z0-9_+.-]+|Wl,-z,(relro|now|noexecstack|defs|lazy)|Wl,--build-id=(none|sha1|0x[0-9a-f]+))$/;

/** The words of `go build` between it and its packages. */
export function wrongBuildFlags(words: readonly string[]): readonly WrongWord[] {
  return wrongWords(words, buildFlags, 'go build', (name, value) => {
    if (name !== 'gcflags' && name !== 'asmflags') return undefined;
    const [, text = ''] = /^(?:[A-Za-z0-9_./@*~][A-Za-z0-9_./@*~-]*=)?(.*)$/.exec(value) ?? [];
    const own = text.split(' ').filter((word) => word !== '');
    return wrongWords(own, compileFlags, 'the compiler')[0]?.why;
  });
}

/** The words of `-ldflags`. */
export function wrongLinkerFlags(words: readonly string[]): readonly WrongWord[] {
  return wrongWords(words, linkFlags, 'the linker', (name, value) => {
    if (name !== 'extldflags') return undefined;
    const text = /^(['"])([^'"]*)\1$/.exec(value)?.[2] ?? value;
    const isQuoted = text !== value;
    const wrong = (isQuoted ? text.split(' ') : [text]).find((word) => !externalFlag.test(word));
    return wrong === undefined ? undefined : notForRecipes(wrong, "the C compiler's linking");
  });
}

/** Variables of the go command that change what is compiled, and nothing else (`go help environment`). */
const variables: Readonly<Record<string, RegExp>> = {
  CGO_ENABLED: /^[01]$/,
  GO386: /^(387|sse2|softfloat)$/,
  GOAMD64: /^v[1-4]$/,
  GOARM: /^[567](,(hard|soft)float)?$/,
  GOARM64: /^v[89]\.[0-9](,(lse|crypto))*$/,
  GOEXPERIMENT: /^[a-z0-9,]*$/,
  GOFIPS140: /^(off|latest|inprocess|certified|v[0-9.]+)$/,
  GOMIPS: /^(hard|soft)float$/,
  GOMIPS64: /^(hard|soft)float$/,
  GOPPC64: /^power[0-9]+$/,
  GORISCV64: /^rva[0-9]+u64$/,
};

/** Why a variable is none that the go command may get beside its own; undefined for one that is. */
export function whyNoGoVariable(name: string, value: string): string | undefined {
  const shape = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (shape === undefined) {
    return `${name} reaches beyond what is compiled; there are ${Object.keys(variables).join(', ')}`;
  }
  return shape.test(value) ? undefined : `${name} has no value ${JSON.stringify(value)}`;
}

function wrongWords(
  words: readonly string[],
  grammar: Grammar,
  of: string,
  whyNoValue: (name: string, value: string) => string | undefined = () => undefined,
): readonly WrongWord[] {
  const wrong: WrongWord[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? '';
    const [, name = '', sign, given = ''] = /^--?([A-Za-z0-9]+)(=)?([\s\S]*)$/.exec(word) ?? [];
    const shape = Object.hasOwn(grammar, name) ? grammar[name] : undefined;
    const isBare = sign === undefined && given === '';
    if (shape === undefined || (sign === undefined && !isBare)) {
      wrong.push({ index, why: notForRecipes(word, of) });
      continue;
    }
    const isOptional = shape === '' || !(shape instanceof RegExp);
    if (isBare && isOptional) continue;
    const value = isBare ? words[++index] : given;
    const fits = shape === '' ? /^(false|true)$/ : shape instanceof RegExp ? shape : shape[0];
    const isFit = value !== undefined && fits.test(value);
    const why = isFit ? whyNoValue(name, value) : `${word} has a value that no recipe may give it`;
    if (why !== undefined) wrong.push({ index: Math.min(index, words.length - 1), why });
  }
  return wrong;
}

function notForRecipes(word: string, of: string): string {
  return `${JSON.stringify(word)} is not for a recipe: of the flags of ${of} those are that change what is compiled, and reach no further`;
}

/**
 * Whether a Go writes the text of `-ldflags` into what it builds, blanks included: Go 1.18 does, until a release between 1.18.4 and
 * 1.18.6 left it out where paths are trimmed (cmd/go/internal/load, setBuildInfo).
 */
export function keepsLinkerText(goVersion: string): boolean {
  return /^1\.18(\.[0-5])?$/.test(goVersion);
}
