import { err, ok, type Result } from '../../core/result.ts';
import type { Version } from './rpm-version.ts';
import { childOf, childrenOf, cutElements, parseXml, rootOf, type XmlElement } from './xml.ts';

/** What a distribution said about some packages: that these versions mend something. */
export interface Advisory {
  /** `ALAS2-2024-2500`. */
  readonly id: string;
  /** `security`, `bugfix`, `enhancement`, `newpackage`. */
  readonly type: string;
  /** As the distribution spells it: `critical`, `important`, `Moderate`; empty where it says nothing. */
  readonly severity: string;
  /** Names of vulnerabilities, such as `CVE-2024-2961`. */
  readonly cves: readonly string[];
  readonly packages: readonly AdvisoryPackage[];
}

interface AdvisoryPackage extends Version {
  readonly name: string;
  readonly arch: string;
}

/** Reads `updateinfo` as it comes. Error: what is wrong with it, in words. */
export async function readUpdateinfo(
  chunks: AsyncIterable<Uint8Array>,
): Promise<Result<readonly Advisory[], string>> {
  const advisories: Advisory[] = [];
  const root = rootOf('updates', chunks);
  for await (const element of cutElements(root.chunks, 'update')) {
    const parsed = parseXml(element.toString('utf8'));
    if (!parsed.ok) return parsed;
    const advisory = readAdvisory(parsed.value);
    if (advisory.id === '') return err('it has an update without an id');
    advisories.push(advisory);
  }
  return root.tag() === '' ? err('it is no list of updates') : ok(advisories);
}

function readAdvisory(update: XmlElement): Advisory {
  const references = childrenOf(childOf(update, 'references'), 'reference');
  const cves = references
    .filter(({ attributes }) => attributes['type'] === 'cve')
    .flatMap(({ attributes }) => attributes['id'] ?? attributes['title'] ?? []);
  const listed = childrenOf(childOf(update, 'pkglist'), 'collection').flatMap((collection) =>
    childrenOf(collection, 'package'),
  );
  return {
    id: childOf(update, 'id')?.text ?? '',
    type: update.attributes['type'] ?? '',
    severity: childOf(update, 'severity')?.text ?? '',
    cves: [...new Set(cves)],
    packages: listed.map(({ attributes: { name = '', arch = '', epoch, version = '', release = '' } }) => ({
      name,
      arch,
      epoch: Number(epoch ?? 0),
      version,
      release,
    })),
  };
}
