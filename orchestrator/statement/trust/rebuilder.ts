import { type Digest, digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { ok, type Result } from '../../core/result.ts';
import { inParallel } from '../../tool/http/in-parallel.ts';
import { equivalenceType, provenanceType } from '../predicates.ts';
import { type IndexedStatement, indexName, readStatementIndex } from '../statement-index.ts';
import { type Assertion, assertionsOf } from './assertion.ts';
import type { ReadFile } from './by-digest.ts';
import type { Claim, Definition } from './claim.ts';
import type { Found, LookUp } from './found.ts';
import { type NamedSubject, type Refused, refusal } from './look-into.ts';

/** A statement, and who says so: a signer of the policy; without one, the place. */
type Opened = OpenedStatement | Refused;

interface OpenedStatement {
  readonly rebuilder: string;
  readonly claim: Claim;
  readonly subject: NamedSubject;
  readonly place: string;
}

/** Looks into what was found about some bytes at a place. */
export type OpenStatement = (
  found: Found,
  subject: Digest,
  shown: string,
) => Promise<Result<Opened, Failure>>;

/** How something was built, as one rebuilder says. */
export interface Built {
  readonly rebuilder: string;
  readonly definition: Definition;
}

/** What a place says of a release. */
export interface Rebuilt {
  readonly assertions: readonly Assertion[];
  readonly refused: readonly Refused[];
  /** How something that came was built, by whoever says so there. */
  readonly buildsOf: (built: Digest) => Promise<Result<readonly Built[], Failure>>;
}

/** Statements that are read at once. */
const atOnce = 8;

/** Bytes: that of a release has some 100 KB. */
const mostOfIndex = 2 ** 26;

/** Reads what a folder or URL lists of a release. Errors: it cannot be asked; what is wrong with what is there is `refused`. */
export async function readListed(
  { read, shown, open }: { readonly read: ReadFile; readonly shown: string; readonly open: OpenStatement },
  release: string,
): Promise<Result<Rebuilt, Failure>> {
  const nothing = (place: string, why: string): Result<Rebuilt, Failure> =>
    ok({ assertions: [], refused: [{ place, why }], buildsOf: async () => ok([]) });
  const list = await read(indexName, mostOfIndex);
  if (!list.ok) return list;
  if (list.value === undefined) return nothing(shown, `has no ${indexName}: nobody's statements lie there`);
  const { place } = list.value;
  if ('why' in list.value) return nothing(place, list.value.why);
  const index = readStatementIndex(list.value.text, place);
  if (!index.ok) return nothing(place, refusal(index.error, place));
  if (index.value.release !== release) return nothing(place, `is of ${index.value.release}`);
  const { statements } = index.value;
  const openListed = async (row: IndexedStatement): Promise<Result<Opened, Failure>> => {
    const file = await read(row.path);
    if (!file.ok) return file;
    if (file.value === undefined)
      return ok({ place: `${shown}: ${row.path}`, why: 'is listed and not there' });
    const { value } = file;
    if ('text' in value && digestOf(value.text) !== row.sha256)
      return ok({ place: value.place, why: 'is not what the list says' });
    const isSigned = row.path.endsWith('.sigstore.json');
    return open('text' in value ? { ...value, isSigned } : value, row.subject.sha256, shown);
  };
  const rows = statements.filter(({ predicateType }) => predicateType === equivalenceType);
  const opened = await inParallel(rows, atOnce, openListed);
  if (!opened.ok) return opened;
  return ok({
    ...gather(opened.value, release),
    buildsOf: async (built) => {
      const own = statements.filter(
        ({ predicateType, subject }) => predicateType === provenanceType && subject.sha256 === built,
      );
      const builds = await inParallel(own, atOnce, openListed);
      return builds.ok ? ok(buildsIn(builds.value)) : builds;
    },
  });
}

/** Reads what refers to some images, by their digests. Errors: as `readListed`. */
export async function readReferring(
  images: readonly { readonly digest: Digest; readonly lookUp: LookUp }[],
  { shown, open }: { readonly shown: string; readonly open: OpenStatement },
  release: string,
): Promise<Result<Rebuilt, Failure>> {
  const openAll = async (
    { digest, lookUp }: (typeof images)[number],
    type: string,
  ): Promise<Result<readonly Opened[], Failure>> => {
    const found = await lookUp(digest, [type]);
    return found.ok ? inParallel(found.value, atOnce, (each) => open(each, digest, shown)) : found;
  };
  const opened = await inParallel(images, 1, (each) => openAll(each, equivalenceType));
  if (!opened.ok) return opened;
  return ok({
    ...gather(opened.value.flat(), release),
    buildsOf: async (built) => {
      const own = images.filter(({ digest }) => digest === built);
      const builds = await inParallel(own, 1, (each) => openAll(each, provenanceType));
      return builds.ok ? ok(buildsIn(builds.value.flat())) : builds;
    },
  });
}

/** What is said of a file in an image counts as what is said of it by itself: who says two things of it contradicts himself. */
function gather(opened: readonly Opened[], release: string): Pick<Rebuilt, 'assertions' | 'refused'> {
  /** By place: a statement with several subjects is refused once. */
  const refused = new Map<string, Refused>();
  const assertions: Assertion[] = [];
  for (const each of opened) {
    const { place } = each;
    if ('why' in each) refused.set(place, each);
    else if (each.claim.release !== release)
      refused.set(place, { place, why: `is about ${each.claim.release ?? 'no release'}` });
    else assertions.push(...assertionsOf(each.claim, each.subject, each));
  }
  return { assertions, refused: [...refused.values()] };
}

function buildsIn(opened: readonly Opened[]): readonly Built[] {
  return opened.flatMap((each) =>
    'claim' in each && each.claim.kind === 'provenance'
      ? [{ rebuilder: each.rebuilder, definition: each.claim.definition }]
      : [],
  );
}
