import type { Platform } from '../../core/platform.ts';
import type { NodeBase, NodeId } from '../node-base.ts';
import type { ContextFile } from '../node-image.ts';

/** Files of other nodes' outputs as a tar.gz. Output: the archive, by its name. */
export interface ArchiveNode extends NodeBase {
  readonly kind: 'archive';
  /** The archive's own name. */
  readonly file: string;
  /** What all members are below: a folder's name, or `.`. */
  readonly root: string;
  /** A file or folder each, and its place below the root, `.` for what is in a folder without it. */
  readonly members: readonly ContextFile[];
  /** The source whose HEAD dates them. */
  readonly source: NodeId;
}

/** HEAD of a patched checkout as a tar.gz. Output: the archive, by its name. */
export interface SourceArchiveNode extends NodeBase {
  readonly kind: 'source-archive';
  readonly file: string;
  readonly source: NodeId;
  /** A tag that HEAD has for it; may hold placeholders that `task/source/facts.ts` resolves. */
  readonly headTag?: string;
}

/** An image of one platform as a tar that container programs load. Output: `<file>.tar`, `.docker_tag`, `.docker_image_name`. */
export interface ImageTarNode extends NodeBase {
  readonly kind: 'image-tar';
  readonly file: string;
  readonly platform: Platform;
  /** Its output is an image tree of the platform. */
  readonly image: NodeId;
  /** The source whose HEAD dates it. */
  readonly source: NodeId;
  readonly format: 'oci' | 'docker';
  /** By which the tar calls it, with registry and tag, each once. */
  readonly names: readonly string[];
  /** The content of `.docker_image_name`: with registry and tag, separated by commas where there are several. */
  readonly told: string;
  /** The content of `.docker_tag`. */
  readonly tag: string;
}
