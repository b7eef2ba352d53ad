/** The JSON schemas that come with the program, by what `schema` calls them: their files below the package. */
export const schemas: Readonly<Record<string, string>> = {
  atlas: 'orchestrator/report/atlas/atlas.schema.json',
  challenge: 'orchestrator/statement/trust/challenge.schema.json',
  equivalence: 'docs/predicates/equivalence.schema.json',
  lock: 'orchestrator/config/lock.schema.json',
  policy: 'orchestrator/statement/trust/policy.schema.json',
  project: 'orchestrator/config/project.schema.json',
  'provenance-archive': 'docs/predicates/provenance-archive.schema.json',
  'provenance-file': 'docs/predicates/provenance-file.schema.json',
  'provenance-image': 'docs/predicates/provenance-image.schema.json',
  record: 'orchestrator/verdict/record/record.schema.json',
  report: 'orchestrator/report/report.schema.json',
  settings: 'orchestrator/config/settings.schema.json',
  trust: 'orchestrator/statement/trust/trust.schema.json',
  vulnerabilities: 'orchestrator/vulnerability/vulnerabilities.schema.json',
};
