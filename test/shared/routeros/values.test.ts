import { expect, test } from 'vitest';
import { AppError } from '../../../shared/errors/app-error.ts';
import { clipText } from '../../../shared/routeros/device-text.ts';
import { toSeconds } from '../../../shared/routeros/durations.ts';
import { toIsoTime, toOffsetSeconds, toRouterClock } from '../../../shared/routeros/local-time.ts';
import {
  toBoolean,
  toBps,
  toBytes,
  toCount,
  toFlag,
  toList,
  toMeasure,
  toNumber,
  toOptionalBoolean,
  toRequiredNumber,
} from '../../../shared/routeros/values.ts';
import { compareVersions, parseVersion } from '../../../shared/routeros/version.ts';

const INVALID = expect.objectContaining({ code: 'DEVICE_REPLY_INVALID' });

test.each([
  ['true', true],
  ['yes', true],
  ['false', false],
  ['no', false],
  [undefined, false],
])('reads the boolean %o as %o', (text, value) => {
  expect(toBoolean(text)).toBe(value);
});

test.each([
  ['1500', 1500],
  ['-61', -61],
  ['1.703', 1.703],
  ['0x8000', 32768],
  ['auto', null],
  ['', null],
  [undefined, null],
])('reads the number %o as %o', (text, value) => {
  expect(toNumber(text)).toBe(value);
});

test.each([
  ['705699840', 705_699_840],
  ['2048KiB', 2_097_152],
  ['673.0MiB', 705_691_648],
  [undefined, null],
])('reads the size %o as %o bytes', (text, value) => {
  expect(toBytes(text)).toBe(value);
});

test.each([
  ['8184', 8184],
  ['10M', 10_000_000],
  ['1Gbps', 1_000_000_000],
  ['2.5Gbps', 2_500_000_000],
  ['', null],
  ['unknown', null],
])('reads the rate %o as %o bit/s', (text, value) => {
  expect(toBps(text)).toBe(value);
});

test.each([
  ['-4.812', -4.812],
  ['-5.792dBm', -5.792],
  ['33C', 33],
  ['3.237 V', 3.237],
  ['850nm', 850],
  ['-1.703 ms', -1.703],
  ['3.109 PPM', 3.109],
  ['-inf', null],
  ['-1.2,-1.4', null],
  ['', null],
  [undefined, null],
])('reads the measured value %o as %o', (text, value) => {
  expect(toMeasure(text)).toBe(value);
});

test.each([
  ['17', 17],
  ['1,0,2,0', 3],
  ['', null],
  [undefined, null],
])('reads the counter %o as %o', (text, value) => {
  expect(toCount(text)).toBe(value);
});

test.each([
  () => toNumber('12 apples'),
  () => toNumber('unlimited'),
  () => toCount('1,x'),
  () => toBytes('lots'),
  () => toBps('fast'),
  () => toSeconds('5 minutes'),
])('a value that cannot be read is no number, and costs nothing else of its row (%#)', (read) => {
  expect(read()).toBeNull();
});

test('flags are set when they are there, with or without a word', () => {
  expect(['', 'true', 'yes', 'false', undefined].map(toFlag)).toEqual([true, true, true, false, false]);
});

test('what a router does not say is neither true nor false', () => {
  expect([undefined, '', 'yes', 'false'].map(toOptionalBoolean)).toEqual([null, null, true, false]);
});

test.each([
  ['1w2d3h4m5s', 788_645],
  ['1h12m40s', 4360],
  ['100ms', 0.1],
  ['453us', 0.000453],
  ['31s250ms', 31.25],
  ['01:30:00', 5400],
  ['3d 00:10:00', 259_800],
  ['90', 90],
  ['0s', 0],
  ['never', null],
  [undefined, null],
])('reads the duration %o as %o s', (text, value) => {
  expect(toSeconds(text)).toBe(value);
});

test.each([
  () => toBoolean('maybe'),
  () => toFlag('maybe'),
  () => toRequiredNumber('auto'),
  () => toOffsetSeconds('Europe/Prague'),
  () => toRouterClock({ date: '2024-05-17' }),
])('refuses a value of another form as an invalid reply (%#)', (read) => {
  expect(read).toThrow(INVALID);
});

test('an unexpected value is told beside the message, cut short and without control characters', () => {
  const failure = failureOf(() => toBoolean(`\u0007${'x'.repeat(500)}`));
  expect(failure.message).toBe('The device answered something else where "true", "false", "yes" or "no" was expected.');
  expect(failure.details).toEqual({ deviceText: ` ${'x'.repeat(78)}…`, untrusted: ['deviceText'] });
});

function failureOf(read: () => unknown): AppError {
  try {
    read();
  } catch (error) {
    if (error instanceof AppError) return error;
  }
  throw new Error('it did not fail as expected');
}

test('reads comma lists', () => {
  expect(toList('1.1.1.1, 9.9.9.9,')).toEqual(['1.1.1.1', '9.9.9.9']);
  expect(toList('')).toEqual([]);
  expect(toList(undefined)).toEqual([]);
});

const PRAGUE = toRouterClock({ date: '2024-05-17', time: '17:58:11', 'gmt-offset': '+02:00' });

test.each([
  ['2024-05-17 17:58:11', '2024-05-17T15:58:11.000Z'],
  ['2024-05-17 01:00:00', '2024-05-16T23:00:00.000Z'],
  ['sep/29/2022 07:09:24', '2022-09-29T05:09:24.000Z'],
  ['jan/02 10:03:11', '2024-01-02T08:03:11.000Z'],
  ['dec/31 10:03:11', '2023-12-31T08:03:11.000Z'],
  ['10:03:11', '2024-05-17T08:03:11.000Z'],
  ['yesterday', null],
  ['2024-13-45 10:03:11', null],
  [undefined, null],
])('turns the device-local %o into %o', (text, iso) => {
  expect(toIsoTime(text, PRAGUE)).toBe(iso);
});

test('the end of time is the same everywhere', () => {
  const chicago = { date: '2026-09-27', time: '10:03:11', offsetSeconds: -6 * 3600 };
  expect(toIsoTime('9999-12-31 23:59:59', chicago)).toBe('9999-12-31T23:59:59.000Z');
});

test('reads versions with and without patch, pre-release and channel', () => {
  expect(parseVersion('7.20.8 (stable)')).toEqual({
    major: 7,
    minor: 20,
    patch: 8,
    preRelease: null,
    channel: 'stable',
  });
  expect(parseVersion('7.21rc2 (testing)')).toMatchObject({ minor: 21, patch: 0, preRelease: 'rc2' });
  expect(parseVersion('6.49.10 (long-term)')).toMatchObject({ major: 6, channel: 'long-term' });
  expect(parseVersion('seven')).toBeNull();
});

test('orders versions, a pre-release before its release', () => {
  const ordered = ['7.9.2', '7.20beta5', '7.20rc1', '7.20rc10', '7.20', '7.20.1', '7.21'];
  const shuffled = [...ordered].reverse().map((text) => parseVersion(text)!);
  const texts = shuffled.sort(compareVersions).map(({ minor, patch, preRelease }) => `${minor}.${patch}${preRelease}`);
  expect(texts).toEqual(ordered.map((text) => parseVersion(text)!).map((v) => `${v.minor}.${v.patch}${v.preRelease}`));
});

test('text of a device loses what could change how a line reads', () => {
  expect(clipText('a\u202Eb\u200Bc\nd', 20)).toBe('a b c d');
  expect(clipText('x'.repeat(30), 10)).toBe(`${'x'.repeat(9)}…`);
});
