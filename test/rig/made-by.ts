import type { Lock } from '../../orchestrator/config/lock/lock.ts';
import { readLock, renderLock } from '../../orchestrator/config/lock/lock-file.ts';
import { projectSchema } from '../../orchestrator/config/project/project.ts';
import type { Digest } from '../../orchestrator/core/digest.ts';
import type { BaseChoice, ImageInput } from '../../orchestrator/plan/images.ts';
import type { BuildNode } from '../../orchestrator/plan/node.ts';
import { planRelease } from '../../orchestrator/plan/plan.ts';
import type { NodeReport, RunReport } from '../../orchestrator/report/run-report.ts';
import type { MadeBy } from '../../orchestrator/statement/made-by.ts';
import { goBuildInputs, modulesInputs } from '../../orchestrator/task/go/inputs.ts';
import { imageIndexInputs, imageInputs } from '../../orchestrator/task/image/inputs.ts';
import { sourceInputs } from '../../orchestrator/task/source/inputs.ts';
import { toolchainInputs } from '../../orchestrator/task/toolchain/inputs.ts';
import { imageReport, ociSha } from './image-report.ts';
import { samplePins } from './pins.ts';
import { fileVerdict, runReport, sha } from './verdicts.ts';

/** What a run of `samplePins` is told otherwise. */
export interface OtherRun {
  readonly report?: Partial<RunReport>;
  readonly pins?: (pins: ReturnType<typeof samplePins>) => void;
  readonly accepted?: MadeBy['prepared']['accepted'];
  readonly compilers?: ImageInput['compilers'];
  readonly host?: string;
  readonly platforms?: readonly string[];
}

const published: BaseChoice = {
  kind: 'pulled',
  from: 'published',
  reference: {
    ...{ host: 'registry.example.com', repository: 'eks/eks-distro-minimal-base', tag: '2024-04-01' },
    digest: ociSha('base'),
  },
};

const recipe = projectSchema.parse({
  schema: '1',
  description: 'a tool, and an image with it',
  builds: [{ programs: [{ name: 'tool', package: './cmd/tool' }] }],
  images: [{ name: 'org/tool', base: { minimal: 'eks-distro-minimal-base' }, programs: ['tool'] }],
});

/** The lock of `samplePins` for two platforms. */
function lockOf(change: OtherRun['pins'] = () => undefined): Lock {
  const pins = structuredClone(samplePins());
  const line = { platform: 'linux/arm64', name: 'tool', sha256: sha('b'), line: '4' };
  pins.projects['org/tool']?.checksums?.files.push(line);
  change(pins);
  const lock = readLock('a.lock.yaml', renderLock(pins));
  if (!lock.ok) throw new Error(JSON.stringify(lock.error));
  return lock.value;
}

/** A run that built org/tool for two platforms, of which one came out, and an image of both. */
export function madeBy(other: OtherRun = {}): MadeBy {
  const lock = lockOf(other.pins);
  const images: ImageInput = {
    isWanted: () => true,
    dockerfiles: new Map([['org/tool Dockerfile', 'FROM base\nCOPY tool /tool\n']]),
    bases: new Map([['eks-distro-minimal-base', published]]),
    compilers: other.compilers ?? new Map(),
  };
  const recipes = new Map([['org/tool', recipe]]);
  const plan = planRelease({
    ...{ lock, images, recipes, projects: ['org/tool'] },
    ...{ isSelected: (each) => other.platforms?.includes(each) ?? true, userPatches: new Map() },
  });
  const of = (platform: string) => ({ node: `go-build org/tool ${platform}` });
  const verdicts = [
    fileVerdict({
      ...{ expected: sha('a'), found: sha('a'), where: 'projects/org/tool/1-30/CHECKSUMS:3' },
      ...of('linux/amd64'),
    }),
    fileVerdict({
      ...{ platform: 'linux/arm64', verdict: 'different', expected: sha('b'), found: sha('x') },
      ...of('linux/arm64'),
    }),
  ];
  const run = runReport(verdicts);
  const locked = lock.projects['org/tool'];
  const report: RunReport = {
    ...run,
    release: { ...run.release, lock: lock.digest },
    projects: run.projects.map((project) => ({
      ...project,
      ...{ tag: locked?.tag ?? '', commit: locked?.commit ?? '', patches: locked?.patches ?? [] },
    })),
    images: [imageOf()],
    nodes: [...plan.graph.nodes.values()].map((node) => reportOf(node, other.host ?? 'linux/amd64')),
    ...other.report,
  };
  return {
    report,
    prepared: { lock, plan, planInput: { lock, images, recipes }, accepted: other.accepted ?? {} },
    materials: {
      recipes: new Map([['org/tool', [{ path: 'project.yaml', sha256: sha('recipe') }]]]),
      sums: new Map(
        ['linux/amd64', 'linux/arm64'].map((each) => [
          `go-build org/tool ${each}`,
          [{ path: 'go.sum', sha256: sha('go.sum') }],
        ]),
      ),
      bases: new Map([['eks-distro-minimal-base', [{ path: 'Dockerfile', sha256: sha('its Dockerfile') }]]]),
    },
  };
}

/** The image of both platforms, of whose programs one is not what was published. */
export function imageOf(given: Parameters<typeof imageReport>[0] = {}) {
  const program = { project: 'org/tool', file: 'tool' };
  return imageReport({
    programs: [
      { ...program, platform: 'linux/amd64' },
      { ...program, platform: 'linux/arm64' },
    ],
    unverified: [{ ...program, platform: 'linux/arm64', verdict: 'different', why: 'It differs.' }],
    ...given,
  });
}

function reportOf(node: BuildNode, host: string): NodeReport {
  const { id, kind, title, projects, needs } = node;
  const inputs = inputsOf(node, new Map(needs.map((need) => [need, sha(need)])), host);
  return {
    ...{ id, kind, title, projects, needs, inputs, tree: sha(id), notes: [], commands: [] },
    end: { status: 'ran' },
  };
}

function inputsOf(node: BuildNode, needs: ReadonlyMap<BuildNode['id'], Digest>, host: string): unknown {
  switch (node.kind) {
    case 'toolchain':
      return toolchainInputs(node, needs, host as Parameters<typeof toolchainInputs>[2]);
    case 'source':
      return sourceInputs(node);
    case 'modules':
      return modulesInputs(node, needs);
    case 'go-build':
      return goBuildInputs(node, needs);
    case 'image':
      return imageInputs(node, needs);
    case 'image-index':
      return imageIndexInputs(node, needs);
    default:
      return undefined;
  }
}
