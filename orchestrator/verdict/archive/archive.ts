import type { Digest } from '../../core/digest.ts';
import type { Machine } from '../../oci/image/machine.ts';
import type { GzipHeader } from '../../tool/tar/gzip-header.ts';
import type { Compression } from '../../tool/tar/read-archive.ts';
import type { TarEnd, TarEntry } from '../../tool/tar/tar-stream.ts';

/** What an archive says of a path. */
export interface Member extends Omit<TarEntry, 'path'> {
  /** Without `./` before it and slashes at its end; empty of the archive's own folder. */
  readonly path: string;
  /** As the archive has it. */
  readonly name: string;
  /** Of files, and of hard links, whose content is that of the file that they are to. */
  readonly sha256: Digest | undefined;
  /** Of files that are programs, libraries or objects. */
  readonly machine: Machine | undefined;
  /** Whether it is a file that begins as an archive does: a tar, or something packed. */
  readonly isArchive: boolean;
  /** What stands before it under the same path: SHA-256, or the kind of what is no file. */
  readonly replaces: readonly string[];
}

/** An archive, read to its end. */
export interface Archive {
  /** What it is called. */
  readonly name: string;
  readonly sha256: Digest;
  /** Bytes. */
  readonly size: number;
  readonly compression: Compression;
  readonly gzip: GzipHeader | undefined;
  /** SHA-256 of the tar archive in it. */
  readonly plain: Digest;
  /** Bytes of that. */
  readonly unpacked: number;
  readonly end: TarEnd;
  /** Bytes after the packed part, that no program unpacks. */
  readonly ignored: number;
  /** By path, in the order of the archive. Of several with one path the last counts, as it would where all is unpacked. */
  readonly members: ReadonlyMap<string, Member>;
  readonly oddities: readonly Oddity[];
  /** Programs in archives that lie in this one, image layers among them; empty where nobody looked. */
  readonly programs: readonly InnerProgram[];
}

/** What unpackers handle in their own ways, or what does harm where it is unpacked. */
export interface Oddity {
  /** As the archive has it; empty of the archive as a whole. */
  readonly member: string;
  /** `leads out to ../../etc/passwd`: the end of a sentence. */
  readonly why: string;
  /** Whether unpacking it may write, or lead, to where nobody wants it. */
  readonly isUnsafe: boolean;
}

/** A program in an archive that is a member of another, or of one in that. */
export interface InnerProgram {
  /** `kubernetes/server/bin/kube-proxy.tar: 5f70bf18/layer.tar: usr/local/bin/kube-proxy` */
  readonly where: string;
  readonly sha256: Digest;
  readonly machine: Machine;
}

/** How docker and OCI lay out an image in a tar; undefined where it is none. */
export function isImageTar({ members }: Pick<Archive, 'members'>): boolean {
  return (members.has('oci-layout') && members.has('index.json')) || members.has('manifest.json');
}
