import { expect, test } from 'vitest';
import {
  bandOf,
  frequencyOf,
  powerOf,
  rateOf,
  sentAndReceived,
  signalOf,
} from '../../shared/operations/wireless/wireless-values.ts';

test.each([
  ['2ghz-b/g/n', '2.4GHz'],
  ['5ghz-ax', '5GHz'],
  ['6ghz-ax', '6GHz'],
  ['2ghz-be,5ghz-be', '2.4GHz'],
  ['2484/b', '2.4GHz'],
  ['5885/ax', '5GHz'],
  ['5955/ax/Ceee', '6GHz'],
  ['60ghz', null],
  ['auto', null],
  ['', null],
  [undefined, null],
])('the band of %j is %j', (text, band) => expect(bandOf(text)).toBe(band));

test.each([
  ['2412/20-Ce/gn(27dBm)', 2412, 27],
  ['5180/ax/Ceee', 5180, null],
  ['5500', 5500, null],
  ['5180-5240', null, null],
  ['58320/60G', null, null],
  ['channel 1', null, null],
  ['5180/ac(-3dBm)', 5180, -3],
])('the channel %j is at %j MHz with %j dBm', (text, megahertz, power) => {
  expect([frequencyOf(text), powerOf(text)]).toEqual([megahertz, power]);
});

test.each([
  ['-61', -61],
  ['-61@6Mbps', -61],
  ['-62dBm@1Mbps', -62],
  ['0', 0],
  ['-61,-70', null],
  ['weak', null],
  [undefined, null],
])('the signal %j is %j dBm', (text, decibels) => expect(signalOf(text)).toBe(decibels));

test.each([
  ['866.6Mbps-80MHz/2S/SGI', 866_600_000],
  ['54Mbps', 54_000_000],
  ['1.2Gbps', 1_200_000_000],
  ['28900000', 28_900_000],
  ['HT20-7', null],
  ['', null],
  [undefined, null],
])('the rate %j is %j bps', (text, rate) => expect(rateOf(text)).toBe(rate));

test.each([
  ['1234,5678', { sent: 1234, received: 5678 }],
  ['1234', { sent: null, received: null }],
  [undefined, { sent: null, received: null }],
])('the pair %j is what was sent and what came', (text, pair) => expect(sentAndReceived(text)).toEqual(pair));
