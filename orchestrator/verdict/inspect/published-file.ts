import type { Platform } from '../../core/platform.ts';
import type { BuildInformation } from './binary.ts';

/** A file that a release published, by what it is for and what it is called. */
export interface WantedFile {
  readonly platform: Platform;
  /** `kubelet`, `kubelet.exe`, `server/kubelet`: the base name counts. */
  readonly name: string;
}

export interface PublishedFile {
  /** Absolute. There until `close`. */
  readonly path: string;
  /** Where it was found, for people: `kubernetes-server-linux-amd64.tar.gz: kubernetes/server/bin/kubelet`. */
  readonly where: string;
  /** Where the file is not the program but a text of `go version -m`: what that says of it. */
  readonly build?: BuildInformation;
}

/** What finding in folders and archives goes on with. */
export interface FindContext {
  /** A new empty folder, gone after `close`. */
  readonly scratch: () => Promise<string>;
  readonly signal: AbortSignal;
}
