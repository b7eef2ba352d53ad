import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { userEnvironment } from '../../../orchestrator/core/edge/user-environment.ts';

test('a folder that is empty or relative counts as unset, and home is what the password database has', () => {
  const folders = ['XDG_CACHE_HOME', 'XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_RUNTIME_DIR'];
  for (const value of ['', 'here', './here', '../here', '~/here']) {
    const env = { ...Object.fromEntries(folders.map((name) => [name, value])), HOME: value, PATH: '/bin' };
    assert.equal(userEnvironment(env, '/home/account'), { PATH: '/bin', HOME: '/home/account' });
    assert.equal(userEnvironment(env, undefined), { PATH: '/bin' });
  }
  assert.equal(userEnvironment({}, '/home/account'), { HOME: '/home/account' });
});

test('what is a folder stays as it is, and so does all else', () => {
  const env = { HOME: '/home/me', XDG_CACHE_HOME: '/cache', XDG_CONFIG_DIRS: '', LANG: '', GOFLAGS: '-x' };
  assert.equal(userEnvironment(env, '/home/account'), env);
});

test.run();
