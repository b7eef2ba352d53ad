import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { userFolders } from '../../orchestrator/workspace/user-folders.ts';

const account = '/home/account';
const none = { home: undefined, config: undefined, cache: undefined };
const below = (home: string) => ({ home, config: `${home}/.config`, cache: `${home}/.cache` });

const cases: readonly (readonly [
  what: string,
  env: Readonly<Record<string, string>>,
  accountHome: string | undefined,
  folders: object,
])[] = [
  ['HOME', { HOME: '/home/me' }, account, below('/home/me')],
  ['no HOME', {}, account, below(account)],
  ['an empty HOME', { HOME: '' }, account, below(account)],
  ['a relative HOME', { HOME: 'me' }, account, below(account)],
  ['no HOME, and a user whom nobody knows', {}, undefined, none],
  ['an empty HOME, and a user whom nobody knows', { HOME: '' }, undefined, none],
  ['a user without a folder', {}, '', none],
  [
    'folders of their own',
    { HOME: '/home/me', XDG_CONFIG_HOME: '/config', XDG_CACHE_HOME: '/cache' },
    account,
    { home: '/home/me', config: '/config', cache: '/cache' },
  ],
  [
    'empty names of folders',
    { HOME: '/home/me', XDG_CONFIG_HOME: '', XDG_CACHE_HOME: '' },
    account,
    below('/home/me'),
  ],
  [
    'relative names of folders',
    { HOME: '/home/me', XDG_CONFIG_HOME: 'config', XDG_CACHE_HOME: './cache' },
    account,
    below('/home/me'),
  ],
  ['a cache without a home', { XDG_CACHE_HOME: '/cache' }, undefined, { ...none, cache: '/cache' }],
];

for (const [what, env, accountHome, folders] of cases) {
  test(`${what}`, () => {
    assert.equal(userFolders({ env, accountHome }), folders);
  });
}

test.run();
