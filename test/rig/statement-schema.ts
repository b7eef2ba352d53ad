import { Ajv2020 } from 'ajv/dist/2020.js';

/**
 * in-toto's Statement v1 with SLSA's provenance v1 as predicate, as their specifications have them (in-toto/attestation,
 * spec/v1/{statement,resource_descriptor,digest_set}.md; slsa.dev/spec/v1.0/provenance). Consumers ignore further
 * members of a predicate, so they are allowed there, if they are named by a URI; nowhere else.
 */
const digestSet = {
  type: 'object',
  minProperties: 1,
  additionalProperties: false,
  properties: {
    sha256: { type: 'string', pattern: '^[0-9a-f]{64}$' },
    gitCommit: { type: 'string', pattern: '^[0-9a-f]{40}$' },
  },
};

const uri = { type: 'string', pattern: '^[a-z][a-z0-9+.-]*:' };

const resource = {
  type: 'object',
  additionalProperties: false,
  properties: {
    name: { type: 'string' },
    uri,
    digest: digestSet,
    content: { type: 'string' },
    downloadLocation: uri,
    mediaType: { type: 'string' },
    annotations: { type: 'object' },
  },
  anyOf: [{ required: ['uri'] }, { required: ['digest'] }, { required: ['content'] }],
};

const predicate = {
  type: 'object',
  required: ['buildDefinition', 'runDetails'],
  additionalProperties: false,
  patternProperties: { '^urn:': {} },
  properties: {
    buildDefinition: {
      type: 'object',
      required: ['buildType', 'externalParameters'],
      additionalProperties: false,
      properties: {
        buildType: uri,
        externalParameters: { type: 'object' },
        internalParameters: { type: 'object' },
        resolvedDependencies: { type: 'array', items: resource },
      },
    },
    runDetails: {
      type: 'object',
      required: ['builder'],
      additionalProperties: false,
      properties: {
        builder: {
          type: 'object',
          required: ['id'],
          additionalProperties: false,
          properties: {
            id: uri,
            builderDependencies: { type: 'array', items: resource },
            version: { type: 'object', additionalProperties: { type: 'string' } },
          },
        },
        metadata: { type: 'object' },
        byproducts: { type: 'array', items: resource },
      },
    },
  },
};

export const isStatement = new Ajv2020({ allErrors: true, strict: false }).compile({
  type: 'object',
  required: ['_type', 'subject', 'predicateType', 'predicate'],
  additionalProperties: false,
  properties: {
    _type: { const: 'https://in-toto.io/Statement/v1' },
    subject: { type: 'array', minItems: 1, items: { ...resource, required: ['digest'] } },
    predicateType: { const: 'https://slsa.dev/provenance/v1' },
    predicate,
  },
});
