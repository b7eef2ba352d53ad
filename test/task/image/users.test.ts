import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { addUsers } from '../../../orchestrator/task/image/users.ts';

const base = { passwd: 'root:x:0:0:root:/root:/sbin/nologin\n', group: 'root:x:0:\ntty:x:5:\n' };
const user = { name: 'app', uid: 10000, gid: 10000, home: '/home/app', shell: '/sbin/nologin' };

test('a user comes after those of the base, with a group of its own', () => {
  assert.equal(addUsers(base, [user]), {
    ok: true,
    value: {
      passwd: `${base.passwd}app:x:10000:10000::/home/app:/sbin/nologin\n`,
      group: `${base.group}app:x:10000:\n`,
    },
  });
});

test('a group that is there is used, a user that is there stays; a last line without an end is one', () => {
  const once = addUsers({ passwd: base.passwd.trimEnd(), group: base.group.trimEnd() }, [
    { ...user, gid: 5 },
  ]);
  assert.ok(once.ok);
  assert.is(once.value.group, base.group);
  assert.match(once.value.passwd, /nologin\napp:x:10000:5:/);
  assert.equal(addUsers(once.value, [{ ...user, gid: 5, home: '/elsewhere' }]), once);
});

test('names and numbers of others are not taken', () => {
  const error = (given: Partial<typeof user>): string => {
    const added = addUsers(base, [{ ...user, ...given }]);
    return added.ok ? '' : added.error;
  };
  assert.match(error({ uid: 0 }), 'user app (0:10000) is at odds with "root:x:0:0:root:/root:/sbin/nologin"');
  assert.match(error({ name: 'root' }), 'at odds with "root:');
  assert.match(error({ name: 'tty' }), 'group tty (10000) is at odds with "tty:x:5:"');
});

test.run();
