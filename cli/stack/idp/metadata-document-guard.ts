import { lookup } from 'node:dns/promises';
import { BlockList } from 'node:net';

const privateNetworks = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  privateNetworks.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 127],
  ['64:ff9b::', 96],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  privateNetworks.addSubnet(network, bits, 'ipv6');
}

/**
 * Whether a client's metadata document may be fetched: its host has public addresses only, so that a client id cannot
 * make the provider call into the network it runs in.
 */
export async function isPublicHost(url: string): Promise<boolean> {
  const host = URL.parse(url)?.hostname.replace(/^\[|\]$/g, '');
  if (!host) return false;
  try {
    const addresses = await lookup(host, { all: true });
    return addresses.every(({ address, family }) => !privateNetworks.check(address, family === 6 ? 'ipv6' : 'ipv4'));
  } catch {
    // A name that does not resolve is no client.
    return false;
  }
}
