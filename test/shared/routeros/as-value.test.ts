import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAsValue } from '../../../shared/routeros/as-value.ts';

test('a menu of one record is one record', () => {
  expect(parseAsValue('architecture-name=arm64;board-name=hAP ax^2;cpu=ARM64;version=7.20.5 (stable)\r\n')).toEqual([
    { 'architecture-name': 'arm64', 'board-name': 'hAP ax^2', cpu: 'ARM64', version: '7.20.5 (stable)' },
  ]);
});

test('every id begins a record', () => {
  const text = '.id=*1;address=10.0.0.1/24;comment=;interface=ether1;.id=*2;address=10.0.1.1/24;interface=ether2';
  expect(parseAsValue(text)).toEqual([
    { '.id': '*1', address: '10.0.0.1/24', comment: '', interface: 'ether1' },
    { '.id': '*2', address: '10.0.1.1/24', interface: 'ether2' },
  ]);
});

test('members of a list and line breaks belong to their value', () => {
  expect(parseAsValue('servers=9.9.9.9;1.1.1.1;note=first\r\nsecond = third\r\n\r\n')).toEqual([
    { servers: '9.9.9.9;1.1.1.1', note: 'first\r\nsecond = third' },
  ]);
});

test('nothing printed is no record', () => {
  expect(parseAsValue('')).toEqual([]);
  expect(parseAsValue('\r\n')).toEqual([]);
});

test('records whose values hold no separator come back as they were', () => {
  const record = fc.record(
    Object.fromEntries(
      ['address', 'mac-address', 'security.passphrase'].map((key) => [
        key,
        fc.string({ unit: 'grapheme', maxLength: 20 }).filter((value) => !/[;\r\n]/.test(value)),
      ]),
    ),
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(record, { minLength: 1, maxLength: 5 }), (records) => {
      const rows = records.map((row, at) => ({ '.id': `*${(at + 1).toString(16).toUpperCase()}`, ...row }));
      const printed = rows.flatMap((row) => Object.entries(row).map(([key, value]) => `${key}=${value}`)).join(';');
      expect(parseAsValue(`${printed}\r\n`)).toEqual(rows);
    }),
  );
});
