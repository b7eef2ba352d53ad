import type { Failure } from '../../core/failure.ts';
import { headManifest } from '../../oci/registry/manifests.ts';
import { mirroredImage } from '../../oci/registry/mirror.ts';
import type { BuildNode } from '../../plan/node.ts';
import type { BaseImageNode } from '../../plan/node-image.ts';
import type { Tools } from '../../task/tools.ts';

/** Says why a node cannot be made for lack of what only others have; undefined where nothing speaks against it. */
export type WhyNot = (node: BuildNode) => Promise<Failure | undefined>;

/**
 * Asks for what a deed will ask for itself, which may be minutes later: a builder of the platform, the image in its registry. Each
 * question once, however many nodes it concerns; nothing is fetched.
 */
export function askAhead(tools: Tools, signal: AbortSignal, say: (text: string) => void): WhyNot {
  const asked = new Map<string, Promise<Failure | undefined>>();
  return (node) => {
    const question = questionOf(node, tools, signal);
    if (question === undefined) return Promise.resolve(undefined);
    const known = asked.get(question.what);
    if (known !== undefined) return known;
    say(`asking for ${question.what}`);
    const answer = question.ask();
    asked.set(question.what, answer);
    return answer;
  };
}

interface Question {
  readonly what: string;
  readonly ask: () => Promise<Failure | undefined>;
}

function questionOf(node: BuildNode, tools: Tools, signal: AbortSignal): Question | undefined {
  switch (node.kind) {
    case 'image':
    case 'base-root':
    case 'c-build': {
      const platform = node.kind === 'c-build' ? node.on : node.platform;
      return { what: `a builder for ${platform}`, ask: () => tools.fleet.whyNone(platform, signal) };
    }
    case 'base-image':
      return { what: node.title, ask: () => whyNoImage(node, tools) };
    default:
      return undefined;
  }
}

async function whyNoImage({ reference }: BaseImageNode, tools: Tools): Promise<Failure | undefined> {
  const from = mirroredImage(reference, tools.mirrors);
  if (!from.ok) return from.error;
  const registry = await tools.open(from.value.host);
  if (!registry.ok) return registry.error;
  const { repository } = from.value;
  const found = await headManifest(registry.value, repository, reference.digest);
  if (!found.ok) return found.error;
  if (found.value !== undefined) return undefined;
  const message = `There is no ${registry.value.host}/${repository}@${reference.digest}.`;
  return { reason: 'usage', message, help: 'Check the name, and whether it may be read without signing in.' };
}
