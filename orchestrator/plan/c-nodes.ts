import type { ProjectCBuild } from '../config/project/c-build.ts';
import { imageTagPlaceholder } from '../config/project/placeholders.ts';
import type { Failure } from '../core/failure.ts';
import { formatImageReference, type ImageReference } from '../core/image-reference.ts';
import type { OciDigest } from '../core/oci.ts';
import type { Platform } from '../core/platform.ts';
import { err, ok, type Result } from '../core/result.ts';
import type { BuildNode } from './node.ts';
import { asNodeId, type NodeId } from './node-base.ts';
import type { CBuildNode } from './node-c.ts';
import type { BaseImageNode } from './node-image.ts';

/** What compiles programs in C for one platform. */
export interface CompilerChoice {
  readonly reference: ImageReference & { readonly digest: OciDigest };
  readonly gcc: string;
  readonly on: Platform;
}

/** Compilers by the platform that they are for. */
export type Compilers = ReadonlyMap<Platform, CompilerChoice>;

/** A program in C that an image wants. */
interface WantedProgram {
  readonly image: string;
  readonly project: string;
  readonly build: ProjectCBuild;
  readonly platform: Platform;
  readonly source: NodeId;
  /** The tag of the project's images. */
  readonly tag: string;
}

/**
 * Adds the node that compiles a program for a platform, and the pull of its compiler. Gives its id, and the compiler as a
 * reference with its digest. Errors: `usage` where the settings name no compiler for the platform.
 */
export function addCBuild(
  { image, project, build, platform, source, tag }: WantedProgram,
  compilers: Compilers,
  nodes: Map<NodeId, BuildNode>,
): Result<{ readonly node: NodeId; readonly compiler: string }, Failure> {
  const choice = compilers.get(platform);
  if (choice === undefined) return err(noCompiler(image, build.program, platform));
  const { reference, gcc, on } = choice;
  const compiler: BaseImageNode = {
    kind: 'base-image',
    id: asNodeId(`base-image compiler ${platform}`),
    needs: [],
    title: `compiler for ${platform}`,
    projects: [],
    reference,
    platforms: [on],
  };
  nodes.set(compiler.id, compiler);
  const node: CBuildNode = {
    kind: 'c-build',
    id: asNodeId(`c-build ${project} ${build.program} ${platform}`),
    needs: [source, compiler.id],
    title: `${build.program} ${platform}`,
    projects: [project],
    source,
    file: build.source,
    program: build.program,
    flags: build.flags.map((flag) => flag.replaceAll(imageTagPlaceholder, tag)),
    platform,
    compiler: compiler.id,
    gcc,
    on,
  };
  nodes.set(node.id, node);
  return ok({ node: node.id, compiler: formatImageReference(reference) });
}

/** No published image has a static C library in it, and a build has no network to fetch one, so there is no default. */
function noCompiler(image: string, program: string, platform: Platform): Failure {
  return {
    reason: 'usage',
    message: `${program} is compiled in an image that has gcc and a static C library, and none is set for ${platform}.`,
    help: `Name one by its digest: "compilers" below "images" in the settings. --image '!${image}' leaves it out.`,
  };
}
