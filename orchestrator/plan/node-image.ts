import type { RootfsPart } from '../config/base/base-image.ts';
import type { Digest } from '../core/digest.ts';
import type { ImageReference } from '../core/image-reference.ts';
import type { OciDigest } from '../core/oci.ts';
import type { Platform } from '../core/platform.ts';
import type { NodeBase, NodeId } from './node-base.ts';
import type { GoBuildNode } from './node-go.ts';

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
    | 'modules'
    | 'module'
    | 'goVersion'
    | 'vendors'
    | 'programs'
    | 'flags'
    | 'environment'
    | 'layout'
    | 'generated'
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

/** A file of a node's output, and its place in an image. */
export interface PlacedProgram {
  readonly from: NodeId;
  readonly file: string;
  /** Absolute. */
  readonly path: string;
}
