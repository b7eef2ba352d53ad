import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Digest, digestOf } from '../../orchestrator/core/digest.ts';
import { type Handle, randomName, temporaryNames } from '../../orchestrator/store/handle.ts';
import { layoutOf } from '../../orchestrator/store/layout.ts';
import { withLock } from '../../orchestrator/store/locks.ts';
import { openStore } from '../../orchestrator/store/open-store.ts';
import { inStore, leaveDeadLease, must, storeOptions, type TestStore } from './fixture.ts';

const never = new AbortController().signal;

/** Opens a store several times, as several processes would. */
async function inStores(count: number, body: (stores: readonly TestStore[]) => Promise<void>): Promise<void> {
  await inStore(async (first) => {
    const stores = [first];
    while (stores.length < count) stores.push(must(await openStore(first.root, storeOptions())));
    await body(stores);
    for (const store of stores) await store.close();
  });
}

/** Has every store take the lock of a name, and tells how many had it at the same time. */
async function most(stores: readonly TestStore[], name: string): Promise<number> {
  let inside = 0;
  let most = 0;
  let done = 0;
  await Promise.all(
    stores.map((store) =>
      store.withLock(name, never, async () => {
        inside += 1;
        most = Math.max(most, inside);
        await setTimeout(2);
        inside -= 1;
        done += 1;
      }),
    ),
  );
  assert.is(done, stores.length);
  return most;
}

function lockPath(store: TestStore, name: string): string {
  return join(store.root, 'locks', digestOf(name));
}

test('one at a time holds a name; nothing is left of it', async () => {
  await inStores(3, async (stores) => {
    assert.is(await most(stores, 'name'), 1);
    assert.equal(fs.readdirSync(join(stores[0]?.root ?? '', 'locks')), []);
    assert.equal(fs.readdirSync(join(stores[0]?.root ?? '', 'tmp')), []);
  });
});

test('two names do not wait for each other, and the value comes back', async () => {
  await inStores(2, async ([first, second]) => {
    const value = await first?.withLock(
      'a',
      never,
      () => second?.withLock('b', never, async () => 7) as Promise<number>,
    );
    assert.is(value, 7);
  });
});

test('the lock of a dead process is taken over, by one', async () => {
  await inStores(4, async (stores) => {
    const [store] = stores as [TestStore];
    leaveDeadLease(store.root, '77-dead');
    for (let round = 0; round < 3; round += 1) {
      fs.writeFileSync(lockPath(store, 'name'), `77-dead\n77-dead.${round}\n`);
      assert.is(await most(stores, 'name'), 1);
    }
    // Its holder died, and so did who was about to replace it.
    const content = '77-dead\n77-dead.again\n';
    fs.writeFileSync(lockPath(store, 'name'), content);
    fs.writeFileSync(lockPath(store, `name after ${digestOf(content)}`), '78-gone\n78-gone.1\n');
    assert.is(await most(stores, 'name'), 1);
    assert.equal(
      fs.readdirSync(join(store.root, 'locks')).filter((name) => name === digestOf('name')),
      [],
    );
  });
});

test('two that find the lock of a dead process at the same time do not both take it over', async () => {
  for (const moment of ['when its holder was found dead', 'just before it is replaced']) {
    await inStore(async (store) => {
      fs.writeFileSync(lockPath(store, 'name'), '77-dead\n77-dead.1\n');
      let inside = 0;
      let most = 0;
      const enter = async () => {
        inside += 1;
        most = Math.max(most, inside);
        await setTimeout(10);
        inside -= 1;
      };
      let other: Promise<void> | undefined;
      const meanwhile = () => {
        other ??= withLock(
          handleOf(store, () => undefined),
          'name',
          never,
          enter,
        );
      };
      let names = 0;
      const handle = handleOf(store, (what) => {
        // The third name is what the lock is replaced by, after those of the two tickets.
        if (what === 'name') names += 1;
        if (moment.startsWith('when') ? what === 'isLive' : names === 3) meanwhile();
      });
      await withLock(handle, 'name', never, enter);
      assert.ok(other, 'the other never came');
      await other;
      assert.is(most, 1, moment);
    });
  }
});

/** What a process that has this store open would use; `at` is told when it asks for a holder's life or a new name. */
function handleOf(store: TestStore, at: (what: 'isLive' | 'name') => void): Handle {
  const layout = layoutOf(store.root);
  const mine = `1-${randomName(Math.random)}`;
  const newName = temporaryNames(layout, mine, Math.random);
  const isLive = (lease: string) => {
    at('isLive');
    return lease !== '77-dead';
  };
  const leases = { mine, isLive, take() {}, release() {}, sweep() {}, oldestOther: () => undefined };
  const temporaryName = () => {
    at('name');
    return newName();
  };
  const rest = {
    unwritable: undefined,
    now: Date.now,
    syncAll: async () => true,
    durable: new Set<Digest>(),
  };
  return { layout, leases, temporaryName, folders: new Set(), ...rest };
}

test('a lock of a live holder is waited for until the signal fires; then the body runs without it', async () => {
  await inStores(2, async ([first, second]) => {
    const controller = new AbortController();
    let release = (): void => undefined;
    const held = first?.withLock('name', never, () => new Promise<void>((resolve) => (release = resolve)));
    let ran = false;
    const waiting = second?.withLock('name', controller.signal, async () => (ran = true));
    await setTimeout(20);
    assert.is(ran, false);
    controller.abort();
    assert.is(await waiting, true);
    release();
    await held;
  });
});

test('a holder on another machine counts while it gives signs of life', async () => {
  let now = Date.now();
  await inStore(
    async (store) => {
      const lease = join(store.root, 'leases/9-far');
      fs.writeFileSync(lease, JSON.stringify({ pid: 1, started: '1', host: 'far away', since: now }));
      fs.writeFileSync(lockPath(store, 'name'), '9-far\n9-far.1\n');
      let ran = false;
      const waiting = store.withLock('name', never, async () => (ran = true));
      await setTimeout(20);
      assert.is(ran, false);
      now += 11 * 60_000;
      await waiting;
      assert.is(ran, true);
    },
    { now: () => now },
  );
});

test('a body that throws lets go of the lock', async () => {
  await inStores(2, async ([first, second]) => {
    await first?.withLock('name', never, () => Promise.reject(new Error('a bug'))).catch(() => undefined);
    assert.is(await second?.withLock('name', never, async () => 1), 1);
  });
});

test("what is no lock is in nobody's way", async () => {
  await inStore(async (store) => {
    const path = lockPath(store, 'name');
    for (const plant of [
      () => fs.mkdirSync(path),
      () => execFileSync('mkfifo', [path]),
      () => fs.symlinkSync('/dev/zero', path),
    ]) {
      plant();
      assert.is(await most([store], 'name'), 1);
      assert.not.ok(fs.existsSync(path));
    }
  });
});

test.run();
