import { expect, test } from 'vitest';
import { dhcpLeases } from '../../../shared/plans/dhcp-leases.ts';
import { capture } from '../laws.ts';
import { at, lease, macOf, routerWith, stepsFor, type Rows, type Wish } from './leasing-router.ts';

test.each<[Rows, Wish[], string, string]>([
  [
    [],
    [{ macAddress: macOf(1) }],
    'DEVICE_ENTRY_MISSING',
    `The router has no static lease of ${macOf(1)}, and to add it the plan must give address.`,
  ],
  [
    [],
    [{ macAddress: macOf(1), address: '10.9.9.9' }],
    'UNSAFE_OPERATION',
    '10.9.9.9 is in no DHCP network; the client would learn no gateway.',
  ],
  [
    [],
    [{ macAddress: macOf(1), address: '10.0.3.9', server: 'defconf' }],
    'UNSAFE_OPERATION',
    '10.0.3.9 is outside of the networks of "bridge", on which the DHCP server defconf answers.',
  ],
  [
    [],
    [{ macAddress: macOf(1), address: at(2) }],
    'UNSAFE_OPERATION',
    '192.168.88.2 is the gateway, or the first or last address, of 192.168.88.0/24.',
  ],
  [
    [],
    [{ macAddress: macOf(1), address: at(255) }],
    'UNSAFE_OPERATION',
    '192.168.88.255 is the gateway, or the first or last address, of 192.168.88.0/24.',
  ],
  [
    [],
    [{ macAddress: macOf(1), address: at(1) }],
    'UNSAFE_OPERATION',
    '192.168.88.1 is an address of the router itself.',
  ],
  [
    [],
    [{ macAddress: macOf(1), address: at(9), server: 'guests' }],
    'DEVICE_REFERENCE_MISSING',
    'The router has no DHCP server "guests".',
  ],
  [
    [lease(2, 9)],
    [{ macAddress: macOf(1), address: at(9) }],
    'CONFLICT',
    `192.168.88.9 is in the static lease of ${macOf(2)}.`,
  ],
  [
    [lease(2, 9, { dynamic: 'true' })],
    [{ macAddress: macOf(1), address: at(9) }],
    'CONFLICT',
    `192.168.88.9 is lent to ${macOf(2)} at this moment; two clients would have it.`,
  ],
  [
    [lease(1, 11), lease(2, 12)],
    [
      { macAddress: macOf(1), address: at(12) },
      { macAddress: macOf(2), address: at(11) },
    ],
    'CONFLICT',
    `192.168.88.12 is in the static lease of ${macOf(2)}.`,
  ],
  [
    [lease(1, 11), lease(1, 12, { server: 'lab' })],
    [{ macAddress: macOf(1), comment: 'x' }],
    'DEVICE_ENTRY_AMBIGUOUS',
    `${macOf(1)} has 2 static leases.`,
  ],
  [
    [lease(1, 5)],
    [{ macAddress: macOf(1), blocked: true }],
    'UNSAFE_OPERATION',
    `${macOf(1)} is managing the router at this moment; blocked, it could not any more.`,
  ],
])('with %j, %j is %s: %s', async (leases, wish, code, message) => {
  await expect(stepsFor(leases, wish)).rejects.toMatchObject({ code, message });
});

const one = { macAddress: macOf(1), address: at(9) };

test.each<[Wish[], string]>([
  [[one, { ...one, address: at(10) }], 'leases[1] is for the same client as leases[0]'],
  [[one, { ...one, server: 'lab', address: at(10) }], 'leases[1] is for the same client as leases[0]'],
  [[one, { ...one, macAddress: macOf(2) }], 'leases[1] has the address of leases[0]'],
  [[{ ...one, state: 'absent' }], 'leases[0] is removed and takes no address'],
])('refuses %j', (leases, sentence) => {
  expect(dhcpLeases.refuse?.(dhcpLeases.input.parse({ leases }))).toBe(sentence);
});

test('takes MAC addresses in whatever notation, and no other field', () => {
  const takes = (wish: Wish): boolean => dhcpLeases.input.safeParse({ leases: [wish] }).success;
  expect(takes({ ...one, macAddress: '02-00-00-00-00-01' })).toBe(true);
  expect(takes({ ...one, macAddress: '02:00:00:00:00' })).toBe(false);
  expect(takes({ ...one, hostName: 'x' })).toBe(false);
  expect(takes({ ...one, address: '2001:db8::1' })).toBe(false);
});

test.each<['lab' | 'prod', number, Wish, Rows, string, string]>([
  ['lab', 1, one, [], 'medium', 'clients keep the address they have until they renew their lease'],
  ['prod', 1, one, [], 'high', 'production devices are changed'],
  ['lab', 11, one, [], 'high', '11 devices are changed, more than 10'],
  [
    'lab',
    1,
    { macAddress: macOf(1), state: 'absent' },
    [lease(1, 9)],
    'high',
    'leases are removed: their clients get other addresses',
  ],
  ['lab', 1, { ...one, blocked: true }, [], 'high', 'clients are blocked: they get no address'],
  ['lab', 1, { ...one, address: at(10) }, [lease(1, 5)], 'high', 'it is about a machine that manages a device'],
])('in %s on %i devices, %j with %j is a %s risk', async (environment, deviceCount, wish, leases, risk, reason) => {
  const input = dhcpLeases.input.parse({ leases: [wish] });
  const captured = [await capture(dhcpLeases, routerWith(leases), input)];
  expect(dhcpLeases.risk({ environment, deviceCount, captured }, input)).toEqual({ risk, reasons: [reason] });
});
