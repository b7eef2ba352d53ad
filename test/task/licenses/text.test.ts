import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  copyrightHolder,
  copyrightLines,
  decodeText,
  licenseIds,
  obligationOf,
  refersToAuthors,
} from '../../../orchestrator/task/licenses/text.ts';

const match = (id: string, isUrl = false) => ({ id, size: 1000, isUrl });
const idsOf = (...matches: readonly ReturnType<typeof match>[]) =>
  licenseIds({ path: '', percent: 100, matches });

test('ids are each there once, in order, and links count only where there is no text', () => {
  assert.equal(idsOf(match('MIT'), match('Apache-2.0'), match('MIT')), ['Apache-2.0', 'MIT']);
  assert.equal(idsOf(match('MIT'), match('CC0-1.0', true)), ['MIT']);
  assert.equal(idsOf(match('CC0-1.0', true)), ['CC0-1.0']);
});

test('a grant of patents is no licence, and what SPDX does not list gets a name that it allows', () => {
  assert.equal(idsOf(match('GooglePatentsFile'), match('BSD-3-Clause')), ['BSD-3-Clause']);
  assert.equal(idsOf(match('CommonsClause')), ['LicenseRef-CommonsClause']);
});

test('obligations', () => {
  const of = (id: string) => obligationOf(id);
  assert.equal(['MIT', 'Apache-2.0', 'BSD-3-Clause', 'ISC'].map(of), Array(4).fill(undefined));
  assert.equal(['MPL-2.0', 'EPL-2.0', 'CDDL-1.0'].map(of), ['weak', 'weak', 'weak']);
  assert.equal(['GPL-2.0-only', 'LGPL-3.0', 'AGPL-3.0-or-later'].map(of), ['strong', 'strong', 'strong']);
  assert.equal(['BUSL-1.1', 'SSPL-1.0', 'LicenseRef-CommonsClause'].map(of), [
    'limited',
    'limited',
    'limited',
  ]);
});

test('lines about the rights are found, placeholders and terms are not', () => {
  const text = [
    '   Copyright (c) 2016 Caleb Spare',
    '// Copyright © 1994-1999 Lucent Technologies Inc.  All rights reserved.',
    ' * Portions Copyright 2009 The Go Authors.',
    'Copyright The Prometheus Authors',
    '(c) 2020 Somebody',
    'Copyright (c) 2016 Caleb Spare',
    '   Copyright [yyyy] [name of copyright owner]',
    '   copyright license to reproduce, prepare Derivative Works of,',
    'Copyright Holder means whoever is named.',
    'COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM',
    '      copyright notice that is included in or attached to the work',
    '2. Grant of Copyright License. Subject to the terms',
  ].join('\n');
  assert.equal(copyrightLines(text), [
    'Copyright (c) 2016 Caleb Spare',
    'Copyright © 1994-1999 Lucent Technologies Inc. All rights reserved.',
    'Portions Copyright 2009 The Go Authors.',
    'Copyright The Prometheus Authors',
    '(c) 2020 Somebody',
  ]);
});

test('who holds the rights is the same in another year', () => {
  assert.is(
    copyrightHolder('Copyright (c) 2009 The Go Authors. All rights reserved.'),
    copyrightHolder('Portions Copyright 2011-2018, the Go authors'),
  );
  assert.is.not(copyrightHolder('Copyright 2009 A'), copyrightHolder('Copyright 2009 B'));
});

test('a licence that sends its reader to AUTHORS is told from a disclaimer', () => {
  assert.ok(refersToAuthors('as named in the AUTHORS file.'));
  assert.ok(refersToAuthors('The authors are listed in `AUTHORS`.'));
  assert.ok(refersToAuthors('copyright is held by those in CONTRIBUTORS.md file'));
  assert.not.ok(refersToAuthors('IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE'));
  assert.not.ok(refersToAuthors('Copyright 2010 The Go Authors.'));
});

test('bytes are UTF-8, or Latin-1 where they are not; lines end in one way', () => {
  assert.is(decodeText(Buffer.from('Björn\r\nx\ry')), 'Björn\nx\ny');
  assert.is(decodeText(Buffer.from([0x42, 0x6a, 0xf6, 0x72, 0x6e])), 'Björn');
});

test.run();
