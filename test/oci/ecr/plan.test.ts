import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeEcrPlan } from '../../../orchestrator/oci/ecr/describe.ts';
import { parseEcrHost } from '../../../orchestrator/oci/ecr/host.ts';
import { planRepositories } from '../../../orchestrator/oci/ecr/plan.ts';
import type { RepositorySettings } from '../../../orchestrator/oci/ecr/repository.ts';

const key = 'arn:aws:kms:us-west-2:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab';

/** Compares one repository that is there with settings, and gives what differs in words. */
function drift(found: RepositorySettings, settings: RepositorySettings): readonly string[] {
  const plan = planRepositories([{ name: 'a', movingTags: [] }], new Map([['a', found]]), settings);
  return plan.drift.map((each) => `${each.setting}: ${each.found} -> ${each.wanted}`);
}

test('what is missing is to be made, and the rest is there, in the order of the push', () => {
  const wanted = ['c', 'a', 'b'].map((name) => ({ name, movingTags: [] }));
  const existing = new Map<string, RepositorySettings>([
    ['a', {}],
    ['other', { scanOnPush: false }],
  ]);
  const plan = planRepositories(wanted, existing, { scanOnPush: true });
  assert.equal(plan.create, ['c', 'b']);
  assert.equal(plan.existing, ['a']);
  assert.equal(
    plan.drift.map(({ repository }) => repository),
    ['a'],
  );
});

const immutable = { tagMutability: { default: 'IMMUTABLE', except: ['*-latest', 'dev-*'] } } as const;

const same: readonly (readonly [what: string, found: RepositorySettings, settings: RepositorySettings])[] = [
  ['settings that name nothing', { ...immutable, scanOnPush: true, tags: { a: 'b' } }, {}],
  [
    'exceptions in another order',
    immutable,
    { tagMutability: { default: 'IMMUTABLE', except: ['dev-*', '*-latest'] } },
  ],
  ['tags beside the wanted ones', { tags: { team: 'a', other: 'b' } }, { tags: { team: 'a' } }],
  ['the default encryption, named', {}, { encryption: { type: 'AES256' } }],
  [
    'a key where none is chosen',
    { encryption: { type: 'KMS', kmsKey: key } },
    { encryption: { type: 'KMS' } },
  ],
  [
    'a key by its id',
    { encryption: { type: 'KMS', kmsKey: key } },
    { encryption: { type: 'KMS', kmsKey: '1234abcd-12ab-34cd-56ef-1234567890ab' } },
  ],
  [
    'a key by an alias, which cannot be told',
    { encryption: { type: 'KMS', kmsKey: key } },
    { encryption: { type: 'KMS', kmsKey: 'alias/images' } },
  ],
  [
    'a policy in the words that IAM gives it',
    {
      repositoryPolicy: JSON.stringify({
        Statement: [
          {
            Action: ['ecr:BatchGetImage', 'ecr:PutImage'],
            Principal: { AWS: 'arn:aws:iam::123456789012:root' },
          },
        ],
      }),
    },
    {
      repositoryPolicy: JSON.stringify({
        Statement: { Action: ['ecr:PutImage', 'ecr:BatchGetImage'], Principal: { AWS: ['123456789012'] } },
      }),
    },
  ],
];

for (const [what, found, settings] of same) {
  test(`no drift: ${what}`, () => {
    assert.equal(drift(found, settings), []);
  });
}

const different: readonly (readonly [
  text: string,
  found: RepositorySettings,
  settings: RepositorySettings,
])[] = [
  ['tagMutability: MUTABLE -> IMMUTABLE except *-latest, dev-*', {}, immutable],
  [
    'tagMutability: IMMUTABLE except *-latest, dev-* -> IMMUTABLE',
    immutable,
    { tagMutability: { default: 'IMMUTABLE', except: [] } },
  ],
  ['scanOnPush: true -> false', { scanOnPush: true }, { scanOnPush: false }],
  ['encryption: AES256 -> KMS', { encryption: { type: 'AES256' } }, { encryption: { type: 'KMS' } }],
  [
    `encryption: KMS ${key} -> KMS 5678`,
    { encryption: { type: 'KMS', kmsKey: key } },
    { encryption: { type: 'KMS', kmsKey: '5678' } },
  ],
  ['lifecyclePolicy: none -> {"rules":[]}', { lifecyclePolicy: '' }, { lifecyclePolicy: '{"rules":[]}' }],
  [
    'repositoryPolicy: {"Action":"a"} -> {"Action":"b"}',
    { repositoryPolicy: '{"Action":"a"}' },
    { repositoryPolicy: '{"Action":"b"}' },
  ],
  [
    'tags: team="a" -> team="b", zone="c"',
    { tags: { team: 'a', other: 'x' } },
    { tags: { team: 'b', zone: 'c' } },
  ],
];

for (const [text, found, settings] of different) {
  test(`drift: ${text}`, () => {
    assert.equal(drift(found, settings), [text]);
  });
}

test('a moving tag is told where the repository, or the settings of a new one, would hold it', () => {
  const movingTags = ['v1.11.1-eks-1-30-latest'];
  const wanted = ['new', 'open', 'closed'].map((name) => ({ name, movingTags }));
  const existing = new Map<string, RepositorySettings>([
    ['open', { tagMutability: { default: 'MUTABLE', except: [] } }],
    ['closed', { tagMutability: { default: 'IMMUTABLE', except: ['*-eks-1-30-5'] } }],
  ]);
  const fixed = (settings: RepositorySettings) =>
    planRepositories(wanted, existing, settings).fixedTags.map(({ repository }) => repository);
  assert.equal(fixed({}), ['closed']);
  assert.equal(fixed(immutable), ['closed']);
  assert.equal(fixed({ tagMutability: { default: 'IMMUTABLE', except: [] } }), ['new', 'closed']);
  assert.equal(fixed({ tagMutability: { default: 'MUTABLE', except: ['v1.11.*'] } }), ['new', 'closed']);
  assert.equal(fixed({ tagMutability: { default: 'MUTABLE', except: ['v1x11*'] } }), ['closed']);
});

test('a plan is told line by line', () => {
  const host = parseEcrHost('123456789012.dkr.ecr.us-west-2.amazonaws.com');
  assert.ok(host);
  const settings: RepositorySettings = {
    ...{ tagMutability: { default: 'IMMUTABLE', except: [] }, encryption: { type: 'KMS' } },
  };
  const wanted = ['a', 'b'].map((name) => ({ name, movingTags: ['latest'] }));
  const found: RepositorySettings = { tagMutability: { default: 'MUTABLE', except: [] } };
  const lines = describeEcrPlan({
    ...{ host, account: '123456789012', platforms: [], settings, notes: ['A note.'] },
    ...planRepositories(wanted, new Map([['b', found]]), settings),
  });
  assert.equal(lines, [
    '123456789012.dkr.ecr.us-west-2.amazonaws.com: 1 repository to create, 1 there.',
    '  create a',
    '  b: tagMutability is MUTABLE, the settings say IMMUTABLE.',
    '  b: encryption is AES256, the settings say KMS, which cannot be changed: only a new repository would have it.',
    '  a: tag latest is to move with later pushes, and is immutable there. Name it in ecr.tagMutability.except.',
    '  A note.',
  ]);
});

test.run();
