import { z } from 'zod';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { checkPredicate } from '../check-predicate.ts';
import { type Equivalence, type ImageEquivalence, readEquivalence } from '../equivalence.ts';
import { equivalenceType, provenanceType, summaryType } from '../predicates.ts';
import type { Statement } from '../statement.ts';

/** What a policy may require, by the types of statements that say it. */
export const requirableTypes = {
  equivalence: equivalenceType,
  provenance: provenanceType,
  summary: summaryType,
} as const;
export type RequirementKind = keyof typeof requirableTypes;
export const requirementKinds = Object.keys(requirableTypes) as readonly RequirementKind[];

/** What a statement claims, as far as a policy may ask for it. */
export type Claim = Of & {
  /** Undefined where it does not say. */
  readonly release: string | undefined;
  readonly project: string | undefined;
};

type Of =
  | { readonly kind: 'equivalence'; readonly equivalence: Equivalence | ImageEquivalence }
  | { readonly kind: 'provenance'; readonly builder: string; readonly definition: Definition }
  | {
      readonly kind: 'summary';
      readonly verifier: string;
      readonly hasPassed: boolean;
      readonly levels: readonly string[];
    };

const text = z.string().min(1).max(4096);

const dependency = z.looseObject({
  uri: text.optional(),
  name: text.optional(),
  digest: z.record(z.string(), z.string()).optional(),
  annotations: z.looseObject({}).optional(),
});

/** SLSA's build definition: what something was made from, whoever says so. */
const definition = z.looseObject({
  buildType: text,
  externalParameters: z.looseObject({ release: text.optional(), project: text.optional() }),
  internalParameters: z.looseObject({}).optional(),
  resolvedDependencies: z.array(dependency).max(100_000).optional(),
});
export type Definition = z.infer<typeof definition>;

const provenance = z.looseObject({
  buildDefinition: definition,
  runDetails: z.looseObject({ builder: z.looseObject({ id: text }) }),
});

const summary = z.looseObject({
  verifier: z.looseObject({ id: text }),
  resourceUri: text,
  verificationResult: z.enum(['PASSED', 'FAILED']),
  verifiedLevels: z.array(text).optional(),
});

/** `urn:eksd-rebuild:release:v1-30-eks-5`: the release that a summary of ours is about. */
const releaseUri = /^urn:eksd-rebuild:release:([A-Za-z0-9._-]+)/;

/**
 * Reads what a statement claims. Errors: `configuration`: its predicate is not what its type says; a text, the end of a sentence: nothing
 * here asks for its type.
 */
export function readClaim(statement: Statement, place: string): Result<Claim, Failure | string> {
  switch (statement.predicateType) {
    case equivalenceType: {
      const read = readEquivalence(statement, place);
      if (!read.ok) return read;
      const { release, project } = read.value;
      return ok({ kind: 'equivalence', equivalence: read.value, release, project });
    }
    case provenanceType: {
      const read = checkPredicate(statement, place, provenanceType, provenance);
      if (!read.ok) return read;
      const { buildDefinition, runDetails } = read.value;
      const { release, project } = buildDefinition.externalParameters;
      return ok({
        ...{ kind: 'provenance', builder: runDetails.builder.id, definition: buildDefinition },
        ...{ release, project },
      });
    }
    case summaryType: {
      const read = checkPredicate(statement, place, summaryType, summary);
      if (!read.ok) return read;
      const { verifier, resourceUri, verificationResult, verifiedLevels = [] } = read.value;
      const [, release] = releaseUri.exec(resourceUri) ?? [];
      const hasPassed = verificationResult === 'PASSED';
      return ok({
        ...{ kind: 'summary', verifier: verifier.id, hasPassed, levels: verifiedLevels },
        ...{ release, project: undefined },
      });
    }
    default:
      return err(`is of type ${statement.predicateType}, which nothing here asks for`);
  }
}
