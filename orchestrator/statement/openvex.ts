import { z } from 'zod';
import { digest } from '../config/fields.ts';
import { vexType } from './predicates.ts';

const product = z.looseObject({
  hashes: z.looseObject({ 'sha-256': digest }),
  subcomponents: z.array(z.looseObject({ '@id': z.string() })).optional(),
});

/** An OpenVEX document (v0.2.0, https://github.com/openvex/spec), whose products are known by their SHA-256. */
export const openVexSchema = z.looseObject({
  '@context': z.literal(vexType),
  statements: z.array(z.looseObject({ products: z.array(product).min(1) })).min(1),
});

const claim = z.looseObject({
  vulnerability: z.looseObject({ name: z.string(), aliases: z.array(z.string()).optional() }),
  status: z.enum(['affected', 'under_investigation', 'fixed', 'not_affected']),
  justification: z.string().optional(),
  impact_statement: z.string().optional(),
  status_notes: z.string().optional(),
  action_statement: z.string().optional(),
  products: z.array(product),
});

/** What a document says of one vulnerability. */
interface VexClaim {
  /** `CVE-2024-24786` */
  readonly vulnerability: string;
  readonly aliases: readonly string[];
  readonly status: z.infer<typeof claim>['status'];
  /** OpenVEX's word for why it is not affected. */
  readonly justification: string | undefined;
  /** What was seen, and what mends it. */
  readonly why: readonly string[];
  /** Package URLs. */
  readonly components: readonly string[];
  /** Of the products, each once. */
  readonly products: readonly string[];
}

/** In the document's order; what has no vulnerability with a name, or no known status, is left out. */
export function claimsOf({ statements }: z.infer<typeof openVexSchema>): readonly VexClaim[] {
  return statements.flatMap((each) => {
    const read = claim.safeParse(each);
    if (!read.success) return [];
    const { vulnerability, status, justification, products, ...told } = read.data;
    const { impact_statement: impact, status_notes: notes, action_statement: action } = told;
    const components = products.flatMap(({ subcomponents = [] }) => subcomponents.map((part) => part['@id']));
    return [
      {
        vulnerability: vulnerability.name,
        aliases: vulnerability.aliases ?? [],
        ...{ status, justification },
        why: [impact, notes, action].flatMap((text) => text ?? []),
        components: [...new Set(components)],
        products: [...new Set(products.map(({ hashes }) => hashes['sha-256']))],
      },
    ];
  });
}
