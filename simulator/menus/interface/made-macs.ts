/** The address a port of a router is made with: `position` counts the router's interfaces from 0. */
export function factoryMac(routerIndex: number, position: number): string {
  return `D4:01:C3:${hexOctets(routerIndex * 64 + position + 1, 3)}`;
}

/** The address of somebody else's device behind a router: `seed` tells them apart. */
export function neighbourMac(routerIndex: number, seed: number): string {
  return `${VENDORS[seed % VENDORS.length]}:${hexOctets(routerIndex * 251 + seed * 17 + 9, 3)}`;
}

const VENDORS = ['3C:22:FB', '9C:B6:D0', 'F0:18:98', 'A4:83:E7', '00:1B:63', 'DC:A6:32'];

/** The lowest octets of a number, in hexadecimal with colons. */
export function hexOctets(number: number, count: number): string {
  const digits = number
    .toString(16)
    .toUpperCase()
    .padStart(count * 2, '0')
    .slice(-count * 2);
  return digits.replaceAll(/..(?=.)/g, '$&:');
}
