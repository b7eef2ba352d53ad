import type { Digest } from '../../core/digest.ts';
import type { TarEntryKind } from '../../tool/tar/tar-stream.ts';
import type { Machine } from './machine.ts';

/** What a running container would see at a path, before anything is mounted there. */
export interface ViewEntry {
  readonly kind: Exclude<TarEntryKind, 'hard-link'>;
  /** Permissions with set-user-id, set-group-id and sticky: 12 bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes; 0 of what is no file. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Of symbolic links, as the layer has it: never followed while reading. */
  readonly target: string | undefined;
  /** `major:minor`, of devices. */
  readonly device: string | undefined;
  /** By name, bytes as hexadecimal. */
  readonly xattrs: Readonly<Record<string, string>>;
  /** Of files. */
  readonly sha256: Digest | undefined;
  /** Of files that are programs, libraries or objects. */
  readonly machine: Machine | undefined;
  /** Whether it is a program with build information of Go's, or looks like one. */
  readonly isGo: boolean;
  /** The layer that has it; the lowest is 0. */
  readonly layer: number;
  /**
   * Which member of that layer's archive has it, counted from 0. Paths with the same layer and member are hard links of one
   * another. -1 of folders that no layer has a member for.
   */
  readonly member: number;
}

/** Folders that only the paths below them tell of. Container engines make them so (0755, root). */
export function impliedFolder(layer: number): ViewEntry {
  return {
    kind: 'folder',
    mode: 0o755,
    uid: 0,
    gid: 0,
    size: 0,
    mtime: 0,
    target: undefined,
    device: undefined,
    xattrs: {},
    sha256: undefined,
    machine: undefined,
    isGo: false,
    layer,
    member: -1,
  };
}

export function isImplied(entry: ViewEntry): boolean {
  return entry.member < 0;
}
