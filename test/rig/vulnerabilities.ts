import type { Finding, Subject, Vulnerabilities } from '../../orchestrator/vulnerability/finding.ts';

export const sha = (character: string) => character.repeat(64);

export function finding(given: Partial<Finding> = {}): Finding {
  return {
    ...{ id: 'CVE-2024-0001', aliases: ['GHSA-2222-3333-4444', 'GO-2024-0001'], source: 'go' },
    ...{ component: 'vuln.test.example/lib', version: 'v1.0.0', fixed: 'v1.1.0' },
    ...{ summary: 'What it is', url: 'https://pkg.go.dev/vuln/GO-2024-0001' },
    ...{ state: 'affected', why: 'It has lib.Bad in its code.' },
    ...given,
  };
}

/** All that can be found at once: every state, source and kind of side. */
export function vulnerabilities(): Vulnerabilities {
  const not = { state: 'not-affected', justification: 'vulnerable_code_not_present' } as const;
  const program: Subject = {
    ...{ kind: 'program', project: 'org/tool', name: 'tool', platform: 'linux/amd64' },
    sides: {
      ours: {
        ...{
          known: true,
          from: 'built here',
          sha256: [sha('a')],
          gaps: [],
          module: 'tool.test.example@v1.0.0',
        },
        findings: [
          finding(),
          finding({
            id: 'CVE-2024-0002',
            aliases: ['GO-2024-0002'],
            state: 'fixed',
            why: 'rule "patched function": 0001.patch changed F.',
          }),
          finding({
            id: 'CVE-2024-0003',
            aliases: [],
            ...not,
            component: 'stdlib',
            version: 'go1.21.9',
            why: 'No package of it is in its code.',
          }),
          finding({
            id: 'GO-2024-0004',
            aliases: [],
            state: 'unknown',
            version: '',
            why: 'The program does not say.',
          }),
        ],
      },
      published: {
        ...{ known: true, from: 'published', sha256: [sha('b')] },
        findings: [],
        gaps: ['half of it'],
      },
      against: { known: false, why: 'The network <b>failed</b>.' },
    },
  };
  const image: Subject = {
    ...{ kind: 'image', project: 'org/tool', name: 'org/tool', platform: 'linux/amd64' },
    sides: {
      ours: {
        ...{ known: true, from: 'built here', sha256: [sha('c'), sha('d')], gaps: [] },
        findings: [
          finding({
            state: 'not-affected',
            justification: 'vulnerable_code_not_in_execute_path',
            why: 'None is in its code.',
          }),
          finding({ component: 'other.test.example', version: 'v0.1.0' }),
          finding({
            id: 'CVE-2024-0005',
            aliases: ['ALAS2-2024-1'],
            source: 'rpm',
            component: 'openssl',
            version: '1.0-2',
            fixed: '1.0-3',
            severity: 'medium',
          }),
          finding({
            id: 'CVE-2024-0006',
            aliases: [],
            source: 'ecr',
            component: '',
            version: '',
            severity: 'low',
          }),
        ],
      },
    },
  };
  return {
    ...{ release: 'v1-30-eks-5', date: '2024-05-02T00:00:00Z', against: 'upstream' },
    sources: {
      go: {
        ...{ from: 'https://vuln.go.dev', modified: '2024-05-02T00:00:00Z', sha256: sha('e'), records: 5 },
        unreadable: [{ id: 'GO-2024-0009', why: 'a range is odd' }],
      },
      rpm: [{ distribution: 'al2', repomd: [sha('f')] }],
    },
    subjects: [program, image],
    unclaimed: [
      { id: 'CVE-2024-0007', project: 'org/tool', patch: '0002.patch', why: 'it changes a comment' },
    ],
  };
}
