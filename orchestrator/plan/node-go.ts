import type { Override } from '../config/lock/override.ts';
import type { BuildLayout } from '../config/project/build-layout.ts';
import type { Digest } from '../core/digest.ts';
import type { Platform } from '../core/platform.ts';
import type { RelativePath } from '../core/relative-path.ts';
import type { NodeBase, NodeId } from './node-base.ts';

/** The exact Go for the machine that builds. Output: a GOROOT in the folder `go`. */
export interface ToolchainNode extends NodeBase {
  readonly kind: 'toolchain';
  /** Without the `go` in front: `1.21.10`, `1.13`. */
  readonly version: string;
  /** Patches that change what a program contains, in order, applied to the source of the one that it needs; none: official. */
  readonly patches: readonly PatchPin[];
  /** Where it can be had from, in the order in which that is tried; empty where it is made by patches. */
  readonly sources: readonly ToolchainSource[];
}

/** Where a Go can be had from. Of files and folders only the digests count for the key. */
export type ToolchainSource =
  | { readonly kind: 'module-proxy' }
  /** A `.tar.gz` with a folder `go`: as go.dev/dl has them, or the user's. `from` is a URL or an absolute path. */
  | { readonly kind: 'archive'; readonly from: string; readonly sha256: Digest }
  /** A GOROOT of the user's. */
  | { readonly kind: 'goroot'; readonly folder: string; readonly digest: Digest }
  /** Go's own source, compiled by a Go of an older version from the module proxy. */
  | {
      readonly kind: 'source';
      readonly from:
        | { readonly folder: string; readonly digest: Digest }
        | { readonly repository: string; readonly commit: string };
      readonly bootstrap: string;
    }
  /** Packages of a distribution, with a GOROOT in `usr/lib/golang`. */
  | {
      readonly kind: 'rpms';
      readonly files: readonly { readonly from: string; readonly sha256: Digest }[];
    };

/** A project's checkout with its patches applied. Output: the folder `source`, and `facts.json` (see `task/source/facts.ts`). */
export interface SourceNode extends NodeBase {
  readonly kind: 'source';
  readonly repository: string;
  readonly tag: string;
  /** The commit that the tag points at, 40 hexadecimal characters. */
  readonly commit: string;
  readonly patches: readonly PatchPin[];
  /** Whether upstream made `vendor/` again after patching (`task/source/undo-vendored.ts`); absent: it was left as patched. */
  readonly vendor?: 'made-again';
  /** What is done otherwise than upstream did. */
  readonly override?: Pick<Override, 'patching' | 'committer' | 'stamp' | 'tags'>;
}

/** A patch and where its bytes are had from; only the SHA-256 counts for the key. */
export interface PatchPin {
  readonly path: RelativePath;
  readonly sha256: Digest;
  readonly from:
    | { readonly kind: 'upstream'; readonly repository: string; readonly commit: string }
    | { readonly kind: 'user'; readonly file: string };
}

/** The modules that a go-build needs, for all its platforms. Output: a GOPATH in the folder `gopath`, with `pkg/mod`. */
export interface ModulesNode extends NodeBase {
  readonly kind: 'modules';
  readonly toolchain: NodeId;
  readonly source: NodeId;
  /** The version of that toolchain: how it is called depends on it. */
  readonly goVersion: string;
  /** The folder of go.mod below the checkout, or `.`. */
  readonly module: string;
  readonly programs: readonly Program[];
  readonly platforms: readonly Platform[];
  readonly flags: readonly string[];
  /** Whether the output is a `vendor` folder, made by `go mod vendor`, instead of a module cache. */
  readonly vendors: boolean;
}

/** One go command: all programs of one module for one platform. Output: the programs, by file name, at the top. */
export interface GoBuildNode extends NodeBase {
  readonly kind: 'go-build';
  readonly toolchain: NodeId;
  readonly source: NodeId;
  /** What has its modules; the source itself where all that it needs is in the checkout (`layout`). */
  readonly modules: NodeId;
  readonly goVersion: string;
  readonly module: string;
  readonly platform: Platform;
  readonly programs: readonly Program[];
  /** Whether its modules are a `vendor` folder. */
  readonly vendors: boolean;
  /** Flags in order, before the packages: `-trimpath`, `-installsuffix`, `cgo`. */
  readonly flags: readonly string[];
  /**
   * The words of `-ldflags` in order, with one blank between two: an empty one at the end is a blank there. May hold placeholders
   * that `task/source/facts.ts` resolves: `{head.date}`.
   */
  readonly ldflags: readonly string[];
  /** Set for the go command beside what every build gets: `CGO_ENABLED=0`. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the checkout lacks: a script-build whose output is laid over it. */
  readonly generated?: NodeId;
  /** Where the go command is run, if not in the module's folder; its flags may hold the placeholders of `task/go/build-place.ts`. */
  readonly layout?: BuildLayout;
  /** A file of the checkout from which its own scripts take their Go: where it names another one, that is a note. */
  readonly goFile?: string;
  /** Bytes that linking takes, where it is more than of most programs. */
  readonly memory?: number;
  /** About how long it takes, where its recipe says so. */
  readonly seconds?: number;
  /** `other`: built from nothing, with what must not matter otherwise than usual (`task/go/other-conditions.ts`). */
  readonly conditions?: 'other';
}

/**
 * Programs to build. With a `name`, `package` is one package and the file is called so (plus `.exe` for windows).
 * Without, `package` is a pattern below the module's folder (`./plugins/main/*`) that is expanded in the checkout to
 * folders with a Go file, and each file is called after its folder.
 */
export interface Program {
  readonly name?: string;
  readonly package: string;
  /** Base names that a pattern leaves out. */
  readonly except?: readonly string[];
}

/** A folder of a repository at a commit, without its history. Output: `source/<folder>`, and `facts.json`. */
export interface CheckoutNode extends NodeBase {
  readonly kind: 'checkout';
  readonly repository: string;
  /** 40 hexadecimal characters. */
  readonly commit: string;
  /** Below the repository's root. */
  readonly folder: string;
}
