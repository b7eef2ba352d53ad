import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import * as assert from 'uvu/assert';
import type {
  ImageFacts,
  Making,
  PlacedProgram,
  PlatformFacts,
  ProgramFacts,
} from '../../orchestrator/statement/sbom/facts.ts';
import type { Sbom } from '../../orchestrator/statement/sbom/sbom.ts';
import { binaryModule, buildInformation } from './binary-report.ts';
import { ociSha } from './image-report.ts';
import { sha } from './verdicts.ts';

export const making: Making = {
  tool: { name: 'eksd-rebuild', version: '0.1.0' },
  release: 'v1-30-eks-5',
  date: '2024-05-08T12:34:56+02:00',
};

/** A module's sum, of whatever. */
export function sumOf(content: string): string {
  return `h1:${Buffer.from(sha(content), 'hex').toString('base64')}`;
}

/** A program of org/tool that links one module, built by EKS Distro's Go, with a patch that names a CVE. */
export function programFacts(given: Partial<ProgramFacts> = {}): ProgramFacts {
  const at = { repository: 'https://github.com/aws/eks-distro', commit: 'e'.repeat(40) };
  return {
    name: 'tool',
    sha256: sha('tool'),
    platform: 'linux/amd64',
    build: buildInformation({
      goVersion: 'go1.18.10',
      path: 'test.example/tool/cmd/tool',
      main: binaryModule('test.example/tool', '(devel)', ''),
      dependencies: [binaryModule('github.com/Org/lib', 'v1.0.0', sumOf('lib'))],
    }),
    project: {
      ...{
        name: 'org/tool',
        repository: 'https://github.com/org/tool',
        tag: 'v1.2.3',
        commit: 'c'.repeat(40),
      },
      patches: [
        {
          path: 'projects/org/tool/1-30/patches/0001-Bump-lib.patch',
          ...{ sha256: sha('patch'), at, subject: 'Bump lib to fix it', fixes: ['CVE-2024-24786'] },
        },
      ],
    },
    go: {
      flavour: 'eks-go',
      build: '1.18.10-8',
      patches: [{ path: '0001-net-http.patch', sha256: sha('go'), at, fixes: ['golang/go#57008'] }],
    },
    licenses: new Map([
      ['test.example/tool v1.2.3', { declared: 'Apache-2.0' }],
      ['github.com/Org/lib v1.0.0', { declared: 'BSD-3-Clause AND MIT' }],
      ['golang.org/go go1.18.10', { declared: 'BSD-3-Clause' }],
    ]),
    ...given,
  };
}

export function placed(paths: readonly string[], given: Partial<ProgramFacts> = {}): PlacedProgram {
  return { ...programFacts(given), paths, layer: 1 };
}

/** The image of org/tool for a platform: a distribution with one package, and the program. */
export function platformFacts(given: Partial<PlatformFacts> = {}): PlatformFacts {
  return {
    platform: 'linux/amd64',
    digest: ociSha('amd64'),
    layers: ['base', 'own'].map((name) => ({ digest: ociSha(name), plain: ociSha(`${name} content`) })),
    programs: [placed(['/usr/bin/tool'])],
    system: { id: 'amzn', version: '2', name: 'Amazon Linux 2' },
    rpms: [
      {
        ...{ name: 'glibc', epoch: undefined, version: '2.26', release: '64.amzn2', arch: 'x86_64' },
        ...{ license: 'LGPLv2+ and BSD', vendor: 'Amazon Linux', sourceRpm: 'glibc-2.26-64.amzn2.src.rpm' },
      },
    ],
    unread: [],
    ...given,
  };
}

export function imageFacts(given: Partial<ImageFacts> = {}): ImageFacts {
  return {
    name: 'org/tool',
    tag: 'v1.2.3-eks-1-30-5',
    digest: ociSha('index'),
    project: programFacts().project,
    base: {
      name: 'registry.example.com/eks/eks-distro-minimal-base',
      ...{ tag: '2024-04-01', digest: ociSha('base index'), from: 'published' },
    },
    platforms: [
      platformFacts(),
      platformFacts({ platform: 'linux/arm64', digest: ociSha('arm64'), programs: [] }),
    ],
    ...given,
  };
}

interface CyclonedxPart {
  readonly 'bom-ref': string;
  readonly type: string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly licenses?: readonly {
    readonly expression?: string;
    readonly license?: { readonly name: string };
  }[];
  readonly pedigree?: {
    readonly ancestors?: readonly CyclonedxPart[];
    readonly patches?: readonly { readonly diff: object; readonly resolves?: readonly object[] }[];
  };
  readonly evidence?: object;
  readonly hashes?: readonly object[];
  readonly properties?: readonly { readonly name: string; readonly value: string }[];
}

interface Cyclonedx {
  readonly serialNumber: string;
  readonly metadata: { readonly timestamp: string; readonly component: CyclonedxPart };
  readonly components: readonly CyclonedxPart[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly compositions?: readonly { readonly aggregate: string; readonly dependencies: readonly string[] }[];
}

interface SpdxPart {
  readonly SPDXID: string;
  readonly name: string;
  readonly versionInfo?: string;
  readonly licenseDeclared: string;
  readonly primaryPackagePurpose: string;
  readonly downloadLocation: string;
  readonly checksums?: readonly { readonly checksumValue: string }[];
  readonly externalRefs?: readonly { readonly referenceType: string; readonly referenceLocator: string }[];
  readonly annotations?: readonly { readonly comment: string }[];
}

interface Spdx {
  readonly documentNamespace: string;
  readonly creationInfo: { readonly created: string };
  readonly packages: readonly SpdxPart[];
  readonly relationships: readonly {
    readonly spdxElementId: string;
    readonly relationshipType: string;
    readonly relatedSpdxElement: string;
  }[];
  readonly hasExtractedLicensingInfos?: readonly {
    readonly licenseId: string;
    readonly extractedText: string;
  }[];
}

const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);

/** Checks CycloneDX by its own schema, strictly, and SPDX by what its schema cannot say: what is named is there. */
export async function readSbom({ spdx, cyclonedx }: Sbom): Promise<{ spdx: Spdx; cyclonedx: Cyclonedx }> {
  assert.equal(await validator.validate(cyclonedx), null);
  const bom = JSON.parse(cyclonedx) as Cyclonedx;
  const refs = [bom.metadata.component, ...bom.components].map((each) => each['bom-ref']);
  assert.is(new Set(refs).size, refs.length);
  const meant = bom.dependencies.flatMap(({ ref, dependsOn = [] }) => [ref, ...dependsOn]);
  assert.equal(new Set(meant), new Set(refs));
  const document = JSON.parse(spdx) as Spdx;
  const ids = document.packages.map(({ SPDXID }) => SPDXID);
  assert.is(new Set(ids).size, ids.length);
  for (const id of ids) assert.match(id, /^SPDXRef-[A-Za-z0-9.-]+$/);
  const named = document.relationships.flatMap((each) => [each.spdxElementId, each.relatedSpdxElement]);
  assert.equal(new Set(named), new Set(['SPDXRef-DOCUMENT', ...ids]));
  const defined = (document.hasExtractedLicensingInfos ?? []).map(({ licenseId }) => licenseId);
  const used = document.packages.flatMap(
    (each) => each.licenseDeclared.match(/LicenseRef-[A-Za-z0-9.-]+/g) ?? [],
  );
  assert.equal(new Set(defined), new Set(used));
  return { spdx: document, cyclonedx: bom };
}

export function purlsIn({ metadata, components }: Cyclonedx): readonly string[] {
  return [metadata.component, ...components].flatMap(({ purl }) => (purl === undefined ? [] : [purl])).sort();
}

export function spdxPurls({ packages }: Spdx): readonly string[] {
  const references = packages.flatMap(({ externalRefs = [] }) => externalRefs);
  return references
    .filter(({ referenceType }) => referenceType === 'purl')
    .map(({ referenceLocator }) => referenceLocator)
    .sort();
}
