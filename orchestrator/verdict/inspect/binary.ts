/** What is inside one program. Made by the Go program in `gobinary/`; lists keep the order of the file. */
export interface BinaryReport {
  /** Bytes. */
  readonly size: number;
  readonly sha256: string;
  readonly format: 'elf' | 'pe' | 'macho';
  /** As Go names them; undefined where neither build information nor format says. */
  readonly os: string | undefined;
  readonly arch: string | undefined;
  /** Undefined where the go command left none: no Go program, or one from before Go 1.13. */
  readonly build: BuildInformation | undefined;
  /** Go's own; undefined where it was left out (`-buildid=`). */
  readonly buildId: string | undefined;
  /** The ELF note, in hexadecimal: Go 1.24 and later write one. */
  readonly gnuBuildId: string | undefined;
  /** Of Mach-O, in hexadecimal. */
  readonly uuid: string | undefined;
  readonly sections: readonly BinarySection[];
  /** What is in no section, in the order of the file: headers, padding, a signature of PE. */
  readonly rest: { readonly size: number; readonly sha256: string };
  /** Undefined where the program has no table of functions. */
  readonly functions: readonly BinaryFunction[] | undefined;
  readonly paths: readonly BinaryPath[];
  /** Printable strings that data and code refer to, sorted; empty where they were not asked for. */
  readonly strings: readonly string[];
}

export interface BuildInformation {
  /** `go1.21.9` */
  readonly goVersion: string;
  /** Package path of the program. */
  readonly path: string;
  readonly main: BinaryModule;
  readonly dependencies: readonly BinaryModule[];
  /** From Go 1.18 on: `-tags`, `CGO_ENABLED`, `vcs.revision`. */
  readonly settings: ReadonlyMap<string, string>;
}

export interface BinaryModule {
  readonly path: string;
  readonly version: string;
  /** `h1:...`; empty where the go command left it out. */
  readonly sum: string;
  readonly replace: BinaryModule | undefined;
}

export interface BinarySection {
  /** `.text`, `__TEXT.__text` */
  readonly name: string;
  readonly address: number;
  /** Bytes in memory. */
  readonly size: number;
  readonly sha256: string;
  /** SHA-256 with the build id blanked. */
  readonly withoutId: string;
  /** Whether it is in memory when the program runs. */
  readonly isLoaded: boolean;
  readonly isCode: boolean;
  readonly isWritable: boolean;
}

export interface BinaryFunction {
  /** `net/http.(*Server).Serve` */
  readonly name: string;
  /** `net/http`; empty for what the linker makes. */
  readonly package: string;
  /** Bytes of code, without the padding behind it. */
  readonly size: number;
  readonly sha256: string;
  /**
   * SHA-256 of the code without what depends on where things lie (gobinary/shape.go says how). Undefined where the code
   * could not be read: machines other than amd64 and arm64.
   */
  readonly shape: string | undefined;
}

export interface BinaryPath {
  readonly path: string;
  /** `relative`: of source files whose name is not their package's. `string`: a text in the data. */
  readonly kind: 'goroot' | 'gopath' | 'build' | 'relative' | 'string';
  readonly count: number;
}

/** What was linked into one program. */
export interface LinkedProgram extends Pick<BinaryReport, 'sha256' | 'os' | 'arch' | 'build'> {
  /** Functions that were compiled or inlined, by package; undefined where no table of them can be read. */
  readonly packages: readonly LinkedPackage[] | undefined;
}

interface LinkedPackage {
  /** `net/http`; empty for what the linker makes. */
  readonly path: string;
  /** `Get`, `Server.Serve`; what belongs to a function too: `Get.func1`. */
  readonly symbols: readonly string[];
}

/** What gobinary prints (gobinary/report.go); it is of the same release as this file, so its shape is not checked. */
interface Printed {
  readonly schema: number;
  readonly size: number;
  readonly sha256: string;
  readonly format: BinaryReport['format'];
  readonly os: string | null;
  readonly arch: string | null;
  readonly build: {
    readonly goVersion: string;
    readonly path: string;
    readonly main: PrintedModule;
    readonly deps: readonly PrintedModule[];
    readonly settings: readonly (readonly [string, string])[];
  } | null;
  readonly buildId: string | null;
  readonly gnuBuildId: string | null;
  readonly uuid: string | null;
  readonly sections: readonly {
    readonly name: string;
    readonly addr: number;
    readonly size: number;
    readonly sha256: string;
    readonly withoutId: string;
    readonly alloc: boolean;
    readonly exec: boolean;
    readonly write: boolean;
  }[];
  readonly rest: BinaryReport['rest'];
  readonly packages: readonly {
    readonly path: string;
    readonly functions: readonly (readonly [name: string, size: number, sha256: string, shape: string])[];
  }[];
  readonly functions: { readonly count: number; readonly shapeless: number } | null;
  readonly paths: readonly BinaryPath[];
  readonly strings: readonly string[];
}

interface PrintedModule {
  readonly path: string;
  readonly version: string;
  readonly sum: string;
  readonly replace: PrintedModule | null;
}

/** What `gobinary -build` prints: the members that are known without reading the whole file. */
export type BuildReport = Pick<BinaryReport, 'os' | 'arch' | 'build'>;

/** @throws as `readBinaryReport`. */
export function readBuildReport(text: string): BuildReport {
  const { os, arch, build } = printedIn(text);
  return { os: os ?? undefined, arch: arch ?? undefined, build: build === null ? undefined : buildOf(build) };
}

function printedIn(text: string): Printed {
  const printed = JSON.parse(text) as Printed;
  if (printed.schema !== 1) throw new TypeError(`gobinary printed schema ${printed.schema}`);
  return printed;
}

/** Reads what gobinary printed. @throws where that is no such document: a bug. */
export function readBinaryReport(text: string): BinaryReport {
  const printed = printedIn(text);
  return {
    size: printed.size,
    sha256: printed.sha256,
    format: printed.format,
    os: printed.os ?? undefined,
    arch: printed.arch ?? undefined,
    build: printed.build === null ? undefined : buildOf(printed.build),
    buildId: printed.buildId ?? undefined,
    gnuBuildId: printed.gnuBuildId ?? undefined,
    uuid: printed.uuid ?? undefined,
    sections: printed.sections.map((each) => ({
      name: each.name,
      address: each.addr,
      size: each.size,
      sha256: each.sha256,
      withoutId: each.withoutId,
      isLoaded: each.alloc,
      isCode: each.exec,
      isWritable: each.write,
    })),
    rest: printed.rest,
    functions: printed.functions === null ? undefined : functionsOf(printed.packages),
    paths: printed.paths,
    strings: printed.strings,
  };
}

/** Reads what gobinary printed for -names (gobinary/names.go). @throws as above. */
export function readLinkedProgram(text: string): LinkedProgram {
  const printed = JSON.parse(text) as Pick<Printed, 'schema' | 'sha256' | 'os' | 'arch' | 'build'> & {
    readonly packages: readonly LinkedPackage[] | null;
  };
  if (printed.schema !== 1) throw new TypeError(`gobinary printed schema ${printed.schema}`);
  return {
    sha256: printed.sha256,
    os: printed.os ?? undefined,
    arch: printed.arch ?? undefined,
    build: printed.build === null ? undefined : buildOf(printed.build),
    packages: printed.packages ?? undefined,
  };
}

function buildOf(printed: NonNullable<Printed['build']>): BuildInformation {
  return {
    goVersion: printed.goVersion,
    path: printed.path,
    main: moduleOf(printed.main),
    dependencies: printed.deps.map(moduleOf),
    settings: new Map(printed.settings),
  };
}

function moduleOf(printed: PrintedModule): BinaryModule {
  const replace = printed.replace === null ? undefined : moduleOf(printed.replace);
  return { path: printed.path, version: printed.version, sum: printed.sum, replace };
}

function functionsOf(packages: Printed['packages']): readonly BinaryFunction[] {
  return packages.flatMap((each) =>
    each.functions.map(([name, size, sha256, shape]) => {
      return { name, package: each.path, size, sha256, shape: shape || undefined };
    }),
  );
}
