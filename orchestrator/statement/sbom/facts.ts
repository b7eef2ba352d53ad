import type { Digest } from '../../core/digest.ts';
import type { OciDigest } from '../../core/oci.ts';
import type { Platform } from '../../core/platform.ts';
import type { ImageContents } from '../../rpm/contents/contents.ts';
import type { BuildInformation } from '../../verdict/inspect/binary.ts';

/** Who makes a bill of materials, and for which release. Nothing of it is the machine's or the day's. */
export interface Making {
  readonly tool: { readonly name: string; readonly version: string };
  /** `v1-30-eks-5` */
  readonly release: string;
  /** What it is dated by: the release's commit. RFC 3339. */
  readonly date: string;
}

/** What is known of a program without asking anybody else. */
export interface ProgramFacts {
  /** The file's: `etcd`, `kubelet.exe` */
  readonly name: string;
  readonly sha256: Digest;
  /** Undefined where neither the release nor the program itself says. */
  readonly platform: Platform | undefined;
  /** What the go command left in it; undefined where it left nothing: then nobody can tell what it links. */
  readonly build: BuildInformation | undefined;
  /** What it was built from; undefined of a program that came with a base image. */
  readonly project?: ProjectFacts | undefined;
  readonly go?: GoFacts | undefined;
  /** What was found of a module, by `licenseKey`; empty where nobody looked. */
  readonly licenses: ReadonlyMap<string, LicenseFacts>;
}

export interface ProjectFacts {
  /** `etcd-io/etcd` */
  readonly name: string;
  readonly repository: string;
  readonly tag: string;
  /** 40 hexadecimal characters. */
  readonly commit: string;
  /** All that were applied, in their order, the user's own last. */
  readonly patches: readonly PatchFacts[];
}

/** The Go that compiled a program, where the release says so. */
export interface GoFacts {
  /** Where upstream had it from: `official`, `eks-go`, `al2-rpm`. */
  readonly flavour: string;
  /** `1.18.10-8`: which build of EKS Distro's own. */
  readonly build?: string | undefined;
  /** Those that change what a program contains. */
  readonly patches: readonly PatchFacts[];
}

export interface PatchFacts {
  readonly path: string;
  /** Undefined where upstream's file was out of reach. */
  readonly sha256: string | undefined;
  /** Where it stands: a repository's file at a commit; undefined of the user's own. */
  readonly at?: { readonly repository: string; readonly commit: string } | undefined;
  readonly subject?: string | undefined;
  /** What its name or message gives: `CVE-2024-24786`, `GHSA-...`, `golang/go#57008`. */
  readonly fixes: readonly string[];
}

/** What somebody says of the licence of something: its files, or the header of its package. */
export interface LicenseFacts {
  /** As it stands there, an SPDX expression or not; undefined: it is not known, or there is none. */
  readonly declared?: string | undefined;
  /** Whether somebody looked for it, and there is none. */
  readonly isAbsent?: boolean;
  /** What else is to be known: a sentence. */
  readonly note?: string | undefined;
}

/** An image of one platform. */
export interface PlatformFacts extends Omit<ImageContents, 'programs'> {
  readonly platform: Platform;
  /** Of its manifest. */
  readonly digest: OciDigest;
  readonly programs: readonly PlacedProgram[];
}

export interface PlacedProgram extends ProgramFacts {
  /** Absolute, in the image; several where it lies there several times. */
  readonly paths: readonly string[];
  /** The layer that it comes with; the lowest is 0. */
  readonly layer: number;
}

export interface ImageFacts {
  /** The repository below a registry's prefix: `etcd-io/etcd`. */
  readonly name: string;
  /** As published: `v3.5.13-eks-1-30-5`. */
  readonly tag: string;
  /** Of the index, or of the only platform's manifest. */
  readonly digest: OciDigest;
  readonly project?: ProjectFacts | undefined;
  readonly base?: BaseFacts | undefined;
  readonly platforms: readonly PlatformFacts[];
}

/** What an image stands on: a published one by its digest, or one of our own, which has no digest of anybody else's. */
export interface BaseFacts {
  /** With its registry, where it is from one: `public.ecr.aws/eks-distro-build-tooling/eks-distro-minimal-base`. */
  readonly name: string;
  readonly tag?: string | undefined;
  readonly digest?: OciDigest | undefined;
  /** `published`, `settings`, `al2`, `al2023` */
  readonly from: string;
}

/** The name of a module's licence in `ProgramFacts.licenses`. Go itself is `golang.org/go go1.21.9` there, as in ATTRIBUTION.txt. */
export function licenseKey(path: string, version: string): string {
  return `${path} ${version}`;
}
