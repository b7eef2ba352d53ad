import { canonicalJson, type Json } from '../../core/canonical-json.ts';
import { type Bill, billOf } from './bill.ts';
import { cyclonedxOf } from './cyclonedx.ts';
import type { ImageFacts, Making, ProgramFacts } from './facts.ts';
import { uuidOf } from './identity.ts';
import { imageTree } from './image.ts';
import { programTree } from './program.ts';
import { spdxOf } from './spdx.ts';

/** A bill of materials in both formats, as JSON texts. The same facts give the same bytes. */
export interface Sbom {
  /** SPDX 2.3 */
  readonly spdx: string;
  /** CycloneDX 1.6 */
  readonly cyclonedx: string;
}

/** Of one program: its modules with their sums, Go, what it was built from, and the patches. */
export function programSbom(program: ProgramFacts, making: Making): Sbom {
  const { name, platform } = program;
  return write(billOf(platform === undefined ? name : `${name} ${platform}`, programTree(program)), making);
}

/**
 * Of an image: its programs with all that they link, the distribution's packages, its layers. Of several platforms where its digest
 * is an index's: whoever scans an image asks by the digest that its tag points at.
 */
export function imageSbom(image: ImageFacts, making: Making): Sbom {
  return write(billOf(`${image.name}:${image.tag}`, imageTree(image)), making);
}

function write(bill: Bill, making: Making): Sbom {
  const created = `${new Date(making.date).toISOString().slice(0, 19)}Z`;
  const cyclonedx = cyclonedxOf(bill, making, created);
  const spdx = spdxOf(bill, making, created);
  return {
    cyclonedx: canonicalJson({ ...cyclonedx, serialNumber: `urn:uuid:${uuidOf(canonicalJson(cyclonedx))}` }),
    spdx: canonicalJson({ ...spdx, documentNamespace: `urn:uuid:${uuidOf(canonicalJson(spdx))}` } as Json),
  };
}
