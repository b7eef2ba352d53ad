import pLimit from 'p-limit';
import { type Digest, digestOf } from '../../core/digest.ts';
import type { Failure } from '../../core/failure.ts';
import { err, ok, type Result } from '../../core/result.ts';
import { layoutOf, treePlaceOf } from '../layout.ts';
import { stat } from '../list.ts';
import type { StoredResult } from '../store.ts';
import { decoded, encode, gathered } from './codec.ts';
import { resultObject } from './object-names.ts';
import type { RemotePlace } from './place.ts';
import {
  decodeSealed,
  decodeShared,
  encodeSealed,
  encodeShared,
  mostOfResult,
  type Seal,
  type SharedResult,
} from './result-object.ts';
import { sendTree } from './send-tree.ts';
import { isMissing, type LocalStore, reading, takeTree } from './take-tree.ts';
import { type TreeReference, treeOfReference } from './tree-document.ts';
import { newTrouble } from './trouble.ts';
import { type Moved, newUploads } from './uploads.ts';

/** What a shared store did since it was opened. */
export interface SharedSummary {
  /** `s3://bucket/prefix`, `/mnt/shared` */
  readonly place: string;
  readonly fetched: Moved;
  readonly stored: Moved;
  /** What was not as it should be, or could not be done, once each: whole sentences. */
  readonly complaints: readonly string[];
}

/** What a shared store can do besides what every store can. */
export interface Sharing {
  /** The result under a key, here or there, whether its tree is here or not. */
  find(key: Digest): Promise<StoredResult | undefined>;
  /** Brings a tree of the local store to the shared one, if it is not there. */
  share(tree: Digest): Promise<Result<TreeReference, Failure>>;
  /** Brings a tree into the local store, if it is not there. Errors: `store-damaged` where it is missing or has other bytes. */
  fetch(reference: TreeReference): Promise<Result<Digest, Failure>>;
  /** Waits for all that is on its way. Until then results may be on this machine alone. As often as one likes. */
  settle(): Promise<SharedSummary>;
  /** Once settled: why a result that was recorded or found is on this machine alone; undefined where it is not. */
  unsent(key: Digest): Failure | undefined;
}

export interface SharedOptions {
  readonly mayWrite: boolean;
  /** Who vouches; undefined: results are not signed, and who can write is trusted. */
  readonly seal: Seal | undefined;
  /** Why nothing can be written at present, where that is known already. */
  readonly refusal?: Failure | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signal: AbortSignal;
}

/** Objects on their way at once: most are small, and wait for the line more than they use it. */
const readsAtOnce = 16;

/**
 * A store whose results may come from elsewhere, and go there. What the local one has not is looked for in the place: the result, then its
 * tree by content, every byte hashed here. What is missing, cut or has other bytes counts as not there, is named once, and is made
 * here, and then put in its place. What is recorded is brought there meanwhile. The place is never needed: what does not answer is left
 * alone.
 */
export function sharedStore<S extends LocalStore>(
  local: S,
  place: RemotePlace,
  { mayWrite, seal, refusal, now, signal }: SharedOptions,
): S & Sharing {
  const trouble = newTrouble(place.shown, now);
  if (refusal !== undefined) trouble.failed('writing', refusal);
  const limit = pLimit(readsAtOnce);
  const fetched = { results: 0, bytes: 0 };
  const bad = new Set<string>();
  const onBad = (name: string, why: string): void => {
    bad.add(name);
    trouble.complain(name, `In the shared store, ${name} ${why}: it counts as not there.`);
  };
  const onCame = (bytes: number): void => {
    fetched.bytes += bytes;
  };
  const reader = { place, onCame, onBad };
  const uploads = newUploads({ place, local, trouble, bad, now, signal });
  const signers = seal === undefined ? [undefined] : seal.trusted;

  const opened = async (
    text: string,
    key: Digest,
    signer: Digest | undefined,
  ): Promise<Result<string, string>> => {
    if (seal === undefined || signer === undefined) return ok(text);
    const sealed = decodeSealed(text);
    if (sealed === undefined) return err('has no signature');
    const verified = await seal.verify(sealed.signature, { key, text: digestOf(sealed.text) }, signer);
    return verified.ok ? ok(sealed.text) : verified;
  };

  const readShared = async (key: Digest, signer: Digest | undefined): Promise<SharedResult | undefined> => {
    const name = resultObject(key, signer);
    if (signal.aborted || !trouble.isOpen('reading')) return undefined;
    // A result that nobody wrote is no complaint.
    const onBadOne = (bad: string, why: string) => why !== isMissing && onBad(bad, why);
    const text = await reading({ ...reader, onBad: onBadOne }, name, (incoming) =>
      gathered(decoded(incoming.body, mostOfResult)),
    );
    if (!text.ok) {
      if (text.error.reason !== 'store-damaged') trouble.failed('reading', text.error);
      return undefined;
    }
    const plain = await opened(text.value.toString('utf8'), key, signer);
    const shared = plain.ok ? decodeShared(plain.value, key) : undefined;
    if (shared === undefined)
      onBad(name, plain.ok ? 'is not what is written under such a name' : plain.error);
    return shared;
  };

  const fetchTree = async (reference: TreeReference): Promise<Result<Digest, Failure>> => {
    const tree = treeOfReference(reference);
    if (tree !== undefined && hasTree(local, tree)) return ok(tree);
    const taken = await takeTree({ ...reader, local, limit }, reference);
    if (!taken.ok && taken.error.reason !== 'store-damaged') trouble.failed('reading', taken.error);
    return taken;
  };
  const fetch = onceAtATime(fetchTree);

  const takeOver = onceAtATime(async (key: Digest): Promise<StoredResult | undefined> => {
    for (const signer of signers) {
      const shared = await readShared(key, signer);
      if (shared === undefined) continue;
      const tree = await fetch(shared.reference);
      if (!tree.ok) {
        // Written anew with its tree, once that was made here.
        if (tree.error.reason === 'store-damaged') bad.add(resultObject(key, signer));
        continue;
      }
      const kept = await local.record(shared.result);
      if (!kept.ok) continue;
      fetched.results += 1;
      return local.lookup(key);
    }
    return undefined;
  });

  const bring = (result: StoredResult, isNew: boolean): void => {
    if (!mayWrite) return;
    const name = resultObject(result.key, seal?.signer?.name);
    uploads.add(name, isNew, async () => {
      const reference = await sendTree(uploads.sender, result.tree);
      if (!reference.ok) return reference;
      const text = encodeShared({ result, reference: reference.value });
      const signature = await seal?.signer?.sign({ key: result.key, text: digestOf(text) });
      if (signature?.ok === false) return signature;
      return ok(
        await encode(Buffer.from(signature === undefined ? text : encodeSealed(text, signature.value))),
      );
    });
    if (isNew) uploads.after(name, async () => compareWith(result));
  };
  const compareWith = async ({ key, tree, title }: StoredResult): Promise<void> => {
    const there = await readShared(key, seal?.signer?.name);
    if (there === undefined || there.result.tree === tree) return;
    trouble.complain(
      key,
      `In the shared store, ${resultObject(key, seal?.signer?.name)} is another result of ${title} than this machine made: tree ${there.result.tree}, and here ${tree}. What was there stays.`,
    );
  };

  return {
    ...local,
    async lookup(key) {
      const here = await local.lookup(key);
      const found = here ?? (await takeOver(key));
      if (found !== undefined) bring(found, false);
      return found;
    },
    async record(result) {
      const kept = await local.record(result);
      if (kept.ok) bring(result, true);
      return kept;
    },
    async find(key) {
      const here = await local.lookup(key);
      if (here !== undefined) {
        bring(here, false);
        return here;
      }
      for (const signer of signers) {
        const shared = await readShared(key, signer);
        if (shared !== undefined) return shared.result;
      }
      return undefined;
    },
    unsent: (key) => uploads.unsent(resultObject(key, seal?.signer?.name)),
    share: (tree) => sendTree(uploads.sender, tree),
    fetch,
    async settle() {
      await uploads.settle();
      return {
        place: place.shown,
        fetched: { ...fetched },
        stored: uploads.stored(),
        complaints: trouble.complaints,
      };
    },
  };
}

/** Who asks for what is being made waits for that. */
function onceAtATime<K, T>(make: (key: K) => Promise<T>): (key: K) => Promise<T> {
  const going = new Map<K, Promise<T>>();
  return (key) => {
    const known = going.get(key);
    if (known !== undefined) return known;
    const made = make(key).finally(() => going.delete(key));
    going.set(key, made);
    return made;
  };
}

function hasTree(local: LocalStore, tree: Digest): boolean {
  return stat(treePlaceOf(layoutOf(local.root), tree).manifest)?.isFile() === true;
}
