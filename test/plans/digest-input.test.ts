import { expect, test } from 'vitest';
import type { Step } from '../../shared/domain/change.ts';
import { digestInput, type DigestSource } from '../../shared/plans/digest-input.ts';

const step: Step = { op: 'set', menu: '/ip/dns', before: { servers: '' }, after: { servers: '9.9.9.9' } };
const source: DigestSource = {
  kind: 'dns_ntp',
  input: { dnsServers: ['9.9.9.9'] },
  devices: [
    { deviceId: 'dev_1', captured: { dns: { servers: '' } }, steps: [step] },
    { deviceId: 'dev_2', captured: { dns: { servers: '9.9.9.9' } }, steps: [] },
  ],
};

test('the text that is hashed is canonical JSON and does not depend on the order of devices or keys', () => {
  const text =
    '{"devices":[{"captured":{"dns":{"servers":""}},"deviceId":"dev_1","steps":[{"after":{"servers":"9.9.9.9"},' +
    '"before":{"servers":""},"menu":"/ip/dns","op":"set"}]},{"captured":{"dns":{"servers":"9.9.9.9"}},"deviceId":"dev_2",' +
    '"steps":[]}],"input":{"dnsServers":["9.9.9.9"]},"kind":"dns_ntp"}';
  expect(digestInput(source)).toBe(text);
  expect(digestInput({ ...source, devices: [...source.devices].reverse() })).toBe(text);
});

test.each<[string, DigestSource]>([
  ['the kind', { ...source, kind: 'other' }],
  ['the input', { ...source, input: { dnsServers: ['9.9.9.10'] } }],
  ['a device', { ...source, devices: source.devices.slice(0, 1) }],
  ['what was found', { ...source, devices: source.devices.map((device) => ({ ...device, captured: {} })) }],
  [
    'a value to write',
    {
      ...source,
      devices: source.devices.map((device) => ({ ...device, steps: [{ ...step, after: { servers: '9.9.9.10' } }] })),
    },
  ],
])('changing %s changes the text', (_, changed) => {
  expect(digestInput(changed)).not.toBe(digestInput(source));
});

test('what rows carry besides does not count', () => {
  const devices = source.devices.map((device, position) => ({ ...device, position, name: 'lab' }));
  expect(digestInput({ ...source, devices })).toBe(digestInput(source));
});
