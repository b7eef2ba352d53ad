import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { lineLink, treeLink } from '../../orchestrator/report/source-link.ts';

const commit = 'c'.repeat(40);

test('a line of a file on GitHub and on GitLab', () => {
  assert.is(
    lineLink('https://github.com/org/repo.git', commit, 'projects/a b/#1:12'),
    `https://github.com/org/repo/blob/${commit}/projects/a%20b/%231#L12`,
  );
  assert.is(
    lineLink('https://gitlab.com/group/sub/repo', commit, 'FILE'),
    `https://gitlab.com/group/sub/repo/-/blob/${commit}/FILE`,
  );
  assert.is(treeLink('https://github.com/org/repo.git', 'v1/x'), 'https://github.com/org/repo/tree/v1/x');
});

test('no link where none can be formed, and never one to a script', () => {
  const repositories = [
    'https://git.example.com/org/repo.git',
    'file:///srv/repo.git',
    'javascript:alert(1)//https://github.com/org/repo',
    'https://github.com.example.com/org/repo',
    'https://github.com/org/repo?x=javascript:1',
  ];
  for (const repository of repositories) assert.is(lineLink(repository, commit, 'FILE:1'), undefined);
  assert.is(lineLink('https://github.com/org/repo', undefined, 'FILE:1'), undefined);
});

test.run();
