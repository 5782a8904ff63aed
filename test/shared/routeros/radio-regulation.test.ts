import { expect, test } from 'vitest';
import { radioRanges, rangeAround, subchannels } from '../../../shared/routeros/radio-regulation.ts';

const LATVIA = [
  { firstMhz: 2402, lastMhz: 2482, mostDbm: 20, mostWidthMhz: 40, dfs: false },
  { firstMhz: 5170, lastMhz: 5250, mostDbm: 23, mostWidthMhz: 160, dfs: false },
  { firstMhz: 5250, lastMhz: 5330, mostDbm: 23, mostWidthMhz: 160, dfs: true },
];

test.each([
  '2402-2482/20dBm/40MHz 5170-5250/23dBm/160MHz/indoor 5250-5330/23dBm/160MHz/indoor/dfs',
  '2402-2482/20dBm/40MHz,5170-5250/23dBm/160MHz/indoor,5250-5330/23dBm/160MHz/indoor/dfs',
  '2402-2482/20dBm/40MHz\n          5170-5250/23dBm/160MHz/indoor\n          5250-5330/23dBm/160MHz/indoor/dfs',
])('reads what the newer drivers tell: %j', (text) => {
  expect(radioRanges(text)).toEqual(LATVIA);
});

test('reads what the older driver tells, and leaves out modes of the past', () => {
  const text =
    '2402-2482/b,g,gn20,gn40(20dBm)  2417-2457/g-turbo(20dBm) 5170-5250/a,an20,an40,ac20,ac40,ac80,ac160(23dBm)/passive,indoor 5250-5330/a,an20(23dBm)/dfs,passive';
  expect(radioRanges(text)).toEqual(LATVIA.map((range) => ({ ...range, mostWidthMhz: null })));
});

test('ranges of which no limit is told are none', () => {
  expect(radioRanges('')).toEqual([]);
  expect(radioRanges('no such country')).toEqual([]);
  expect(radioRanges('2402-2482/40MHz')).toEqual([]);
});

test.each<[number, number, number[]]>([
  [5180, 20, [5180]],
  [5240, 40, [5220, 5240]],
  [5200, 80, [5180, 5200, 5220, 5240]],
  [5320, 80, [5260, 5280, 5300, 5320]],
  [5500, 40, [5500, 5520]],
  [5765, 40, [5745, 5765]],
  [5785, 80, [5745, 5765, 5785, 5805]],
  [5975, 40, [5955, 5975]],
  [2437, 40, [2437]],
])('a channel at %i MHz of %i MHz may take %j', (frequency, width, channels) => {
  expect(subchannels(frequency, width)).toEqual(channels);
});

test('a channel must be in a range as a whole', () => {
  expect(rangeAround(LATVIA, 2412)?.mostDbm).toBe(20);
  expect(rangeAround(LATVIA, 2472)?.mostDbm).toBe(20);
  expect(rangeAround(LATVIA, 2484)).toBeUndefined();
  expect(rangeAround(LATVIA, 5260)?.dfs).toBe(true);
});
