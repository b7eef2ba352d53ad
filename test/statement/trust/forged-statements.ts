import {
  bundleOf,
  equivalenceOf,
  provenanceOf,
  sha,
  signedText,
  summaryOf,
} from '../../rig/signed-statements.ts';
import { acme, type Forged, published } from './rig.ts';

const good = equivalenceOf(published);
const goodText = JSON.stringify(good);
const changed = (change: object) => signedText(acme, { ...good, ...change });
const said = (predicate: object) => changed({ predicate: { ...good.predicate, ...predicate } });
const raw = (text: string | Uint8Array) => JSON.stringify(bundleOf(acme, text));

/** What somebody signed who is trusted, and what is no statement, or says nothing that is enough. */
export const statements: readonly Forged[] = [
  { name: 'no JSON', found: raw('hello'), why: /holds no JSON object/ },
  { name: 'no UTF-8', found: raw(Buffer.from([0x7b, 0xff, 0x7d])), why: /this is no UTF-8/ },
  {
    name: 'a name twice',
    found: raw(goodText.replace('"verdict"', '"verdict":"different","verdict"')),
    why: /same name twice/,
  },
  {
    name: "in-toto's older version",
    found: changed({ _type: 'https://in-toto.io/Statement/v0.1' }),
    why: /_type: expected/,
  },
  { name: 'no subject', found: changed({ subject: [] }), why: /subject: nothing that something is said of/ },
  {
    name: 'a subject by SHA-1',
    found: changed({ subject: [{ name: 'etcd', digest: { sha1: 'a'.repeat(40) } }] }),
    why: /has no sha256/,
  },
  {
    name: 'a subject by SHA-256 and MD5',
    found: changed({ subject: [{ name: 'etcd', digest: { sha256: published, md5: 'a'.repeat(32) } }] }),
    why: /md5: an algorithm that nothing is trusted by/,
  },
  {
    name: 'a digest in capitals',
    found: changed({ subject: [{ name: 'etcd', digest: { sha256: published.toUpperCase() } }] }),
    why: /lower-case hexadecimal/,
  },
  {
    name: 'a subject that goes by a name twice',
    found: changed({ subject: [...good.subject, ...good.subject] }),
    why: /there is a .* already/,
  },
  { name: 'a further member', found: changed({ also: 1 }), why: /unknown field "also"/ },
  {
    name: 'a predicate that is a list',
    found: changed({ predicate: [] }),
    why: /predicate: expected an object/,
  },
  {
    name: 'a number that is none',
    found: raw(goodText.replace('"normalizers":[]', '"normalizers":[1e999]')),
    why: /holds a number/,
  },
  { name: 'no type', found: raw(goodText.replace(/"predicateType":"[^"]*",/, '')), why: /predicateType: / },
  {
    name: 'a type that nobody knows',
    found: changed({ predicateType: 'urn:example:good:1' }),
    why: /is of type urn:example:good:1, which nothing here asks for/,
  },
  {
    name: 'another file',
    found: signedText(acme, equivalenceOf(sha('other'))),
    why: /^is about something else$/,
  },
  {
    name: 'another file, with this one as what was built',
    found: signedText(acme, equivalenceOf(sha('other'), { built: published })),
    why: /^is about something else$/,
  },
  {
    name: 'two subjects, this one among them',
    found: changed({ subject: [{ name: 'other', digest: { sha256: sha('other') } }, ...good.subject] }),
    why: /is about one file, and has several subjects/,
  },
  {
    name: 'a subject of another name',
    found: changed({ subject: [{ name: 'etcd-io/etcd/linux/arm64/etcd', digest: { sha256: published } }] }),
    why: /its subject is etcd-io\/etcd\/linux\/arm64\/etcd/,
  },
  { name: 'a verdict that is none', found: said({ verdict: 'fine' }), why: /is refused: predicate/ },
  {
    name: 'a further member of the predicate',
    found: said({ note: 'trust me' }),
    why: /unknown field "note"/,
  },
  {
    name: 'identical, of two hashes',
    found: said({ built: { sha256: sha('other') } }),
    why: /says identical of etcd, and its hashes are two/,
  },
  {
    name: 'another published hash than the subject',
    found: said({ published: { sha256: sha('other'), authority: 'built' }, built: { sha256: sha('other') } }),
    why: /another published hash than that of its subject/,
  },
  {
    name: 'different',
    found: signedText(acme, equivalenceOf(published, { built: sha('other') })),
    why: /^says different$/,
  },
  {
    name: 'explained',
    found: signedText(acme, equivalenceOf(published, { built: sha('other'), verdict: 'explained' })),
    why: /^says explained$/,
  },
  {
    name: 'equivalent, which does not count',
    found: signedText(
      acme,
      equivalenceOf(published, { built: sha('other'), verdict: 'equivalent', normalizers: ['gzip'] }),
    ),
    why: /^says equivalent, which the policy does not take$/,
  },
  {
    name: 'another release',
    found: signedText(acme, equivalenceOf(published, { release: 'v1-29-eks-5' })),
    why: /the release v1-29-eks-5, which the policy is not for/,
  },
  {
    name: 'a release whose name only begins so',
    found: signedText(acme, equivalenceOf(published, { release: 'v1-30-eks-5x' })),
    why: /the release v1-30-eks-5x, which the policy is not for/,
  },
  {
    name: 'another project',
    found: signedText(acme, equivalenceOf(published, { project: 'coredns/coredns' })),
    why: /the project coredns\/coredns, which the policy is not for/,
  },
  {
    name: 'another builder',
    found: signedText(acme, provenanceOf(published, { builder: 'https://builder.example' })),
    kind: 'provenance',
    why: /the builder https:\/\/builder\.example, which the policy does not take/,
  },
  {
    name: 'provenance without a builder',
    found: signedText(acme, {
      ...provenanceOf(published),
      predicate: { ...provenanceOf(published).predicate, runDetails: {} },
    }),
    kind: 'provenance',
    why: /runDetails\.builder/,
  },
  {
    name: 'provenance of something else',
    found: signedText(acme, provenanceOf(sha('other'))),
    kind: 'provenance',
    why: /^is about something else$/,
  },
  {
    name: 'equivalence where provenance is asked for, under its type',
    found: changed({ predicateType: 'https://slsa.dev/provenance/v1' }),
    kind: 'provenance',
    why: /buildDefinition/,
  },
  {
    name: 'a summary that failed',
    found: signedText(acme, summaryOf(published, { result: 'FAILED' })),
    kind: 'summary',
    why: /says that verification failed/,
  },
  {
    name: 'a summary of another verifier',
    found: signedText(acme, summaryOf(published, { verifier: 'urn:example' })),
    kind: 'summary',
    why: /the verifier urn:example, which the policy does not take/,
  },
  {
    name: 'a summary without the level',
    found: signedText(acme, summaryOf(published, { levels: [] })),
    kind: 'summary',
    why: /does not say SLSA_BUILD_LEVEL_1/,
  },
  {
    name: 'a summary that says neither',
    found: signedText(acme, summaryOf(published, { result: 'passed' })),
    kind: 'summary',
    why: /verificationResult: /,
  },
];
