import type { RootfsPart } from '../config/base-image.ts';
import type { BuildLayout } from '../config/build-layout.ts';
import type { Override } from '../config/override.ts';
import type { Digest } from '../core/digest.ts';
import type { ImageReference } from '../core/image-reference.ts';
import type { OciDigest } from '../core/oci.ts';
import type { Platform } from '../core/platform.ts';
import type { RelativePath } from '../core/relative-path.ts';

declare const nodeIdBrand: unique symbol;

/** A node's name within one graph, readable: `go-build etcd-io/etcd server linux/arm64`. */
export type NodeId = string & { readonly [nodeIdBrand]: true };

export function asNodeId(text: string): NodeId {
  return text as NodeId;
}

/** A task to do, as data. Each kind's deed is in `task/<kind>.ts`. */
export type BuildNode =
  | ToolchainNode
  | SourceNode
  | ModulesNode
  | GoBuildNode
  | BaseImageNode
  | LicensesNode
  | ImageNode
  | ImageIndexNode
  | RpmsNode
  | BaseRootNode
  | CheckoutNode;

/** What the scheduler needs of a node, whatever its kind. */
export interface NodeBase {
  readonly id: NodeId;
  readonly needs: readonly NodeId[];
  /** For people: `go 1.21.10`. */
  readonly title: string;
  /** The projects that it serves, in code-unit order. */
  readonly projects: readonly string[];
}

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

/** A project's checkout with its patches applied. Output: the folder `source`, and `facts.json` (see `task/source-facts.ts`). */
export interface SourceNode extends NodeBase {
  readonly kind: 'source';
  readonly repository: string;
  readonly tag: string;
  /** The commit that the tag points at, 40 hexadecimal characters. */
  readonly commit: string;
  readonly patches: readonly PatchPin[];
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
  /** The words of `-ldflags` in order; may hold placeholders that `task/source-facts.ts` resolves: `{head.date}`. */
  readonly ldflags: readonly string[];
  /** Set for the go command beside what every build gets: `CGO_ENABLED=0`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where the go command is run, if not in the module's folder; its flags may hold the placeholders of `task/build-place.ts`. */
  readonly layout?: BuildLayout;
  /** Bytes that linking takes, where it is more than of most programs. */
  readonly memory?: number;
  /** `other`: built from nothing, with what must not matter otherwise than usual (`task/other-conditions.ts`). */
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

/** A published image that others stand on, by digest. Output: an image tree of the wanted platforms. */
export interface BaseImageNode extends NodeBase {
  readonly kind: 'base-image';
  /** Where it is read, before mirrors. Only the digest counts for the key. */
  readonly reference: ImageReference & { readonly digest: OciDigest };
  readonly platforms: readonly Platform[];
}

/** The licences of all that a project's programs link, for one platform. Output: LICENSES/ and ATTRIBUTION.txt. */
export interface LicensesNode extends NodeBase {
  readonly kind: 'licenses';
  readonly toolchain: NodeId;
  readonly source: NodeId;
  readonly platform: Platform;
  /** The go-builds whose programs the image holds, each with the modules that it was built from. */
  readonly builds: readonly LicensedBuild[];
}

/** The part of a go-build that says which packages it links. */
export interface LicensedBuild
  extends Pick<
    GoBuildNode,
    'modules' | 'module' | 'goVersion' | 'vendors' | 'programs' | 'flags' | 'environment' | 'layout'
  > {
  readonly build: NodeId;
}

/** An image of one platform. Output: an image tree. */
export interface ImageNode extends NodeBase {
  readonly kind: 'image';
  /** The repository below the registry's prefix: `etcd-io/etcd`. */
  readonly image: string;
  readonly platform: Platform;
  /** The Dockerfile's text; its digest is in the key. */
  readonly dockerfile: string;
  /** What it stands on, whose output is an image tree; absent: scratch. */
  readonly base?: NodeId;
  /** What is in the build context: a file or folder of another node's output, and its place in the context. */
  readonly files: readonly ContextFile[];
  /** The source whose HEAD dates it. */
  readonly source: NodeId;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Users to add to the base's /etc/passwd and /etc/group, which become `passwd` and `group` of the context. */
  readonly users: readonly ImageUser[];
  /** Symbolic links by absolute path, in `rootfs.tar` of the context. */
  readonly links: Readonly<Record<string, string>>;
}

export interface ContextFile {
  readonly from: NodeId;
  readonly path: string;
  readonly to: string;
}

export interface ImageUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
  readonly shell: string;
}

/** The images of all platforms under one name. Output: an image tree with an index. */
export interface ImageIndexNode extends NodeBase {
  readonly kind: 'image-index';
  readonly image: string;
  /** Image nodes, by platform in code-unit order. */
  readonly images: readonly NodeId[];
}

/** Packages of one processor, and the keys that sign them. Output: `rpms/<name>-<version>-<release>.<arch>.rpm`, `keys/<id>.asc`. */
export interface RpmsNode extends NodeBase {
  readonly kind: 'rpms';
  readonly packages: readonly PackagePin[];
  readonly keys: readonly KeyPin[];
}

/** Of a package only name and SHA-256 count for the key. */
export interface PackagePin {
  /** `glibc-2.26-64.amzn2.0.1.x86_64` */
  readonly name: string;
  readonly url: string;
  readonly sha256: Digest;
  /** Bytes. */
  readonly size: number;
}

interface KeyPin {
  /** As rpm lists it: `c87f5b1a-593863f8`. */
  readonly id: string;
  /** A URL, or an absolute path. */
  readonly from: string;
  readonly sha256: Digest;
}

/** A base image of one platform out of packages. Output: an image tree. */
export interface BaseRootNode extends NodeBase {
  readonly kind: 'base-root';
  readonly image: string;
  readonly platform: Platform;
  /** The Dockerfile that installs; its digest is in the key. */
  readonly dockerfile: string;
  /** The distribution's own image, whose rpm installs: an image tree of the builders' platforms. */
  readonly builder: NodeId;
  /** What is installed; absent where the image adds no package to its parent. */
  readonly rpms?: NodeId;
  /** The image that it stands on: an image tree of this platform; absent: nothing. */
  readonly parent?: NodeId;
  /** Keys that come into the database of the packages, by id; those of the parent are there already. */
  readonly keys: readonly string[];
  /** `required`: a package without a signature is refused. */
  readonly signatures: 'required' | 'absent';
  /** What is done to the file system: all parts together, member by member, in the order of the parts. */
  readonly rootfs: readonly RootfsPart[];
  /** Programs that no package brings: files of other nodes' outputs, by their path in the image. */
  readonly programs: readonly PlacedProgram[];
  readonly user: string | undefined;
  readonly env: Readonly<Record<string, string>>;
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

/** A file of a node's output, and its place in an image. */
export interface PlacedProgram {
  readonly from: NodeId;
  readonly file: string;
  /** Absolute. */
  readonly path: string;
}

/** A graph: every need names a node of it, and there is no cycle (`plan/graph.ts` checks). In a stable order. */
export interface Graph<N extends NodeBase = BuildNode> {
  readonly nodes: ReadonlyMap<NodeId, N>;
}
