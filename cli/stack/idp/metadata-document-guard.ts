import { lookup } from 'node:dns/promises';
import { hostOf, isPrivateAddress } from '../../../shared/platform/webhooks/private-address.ts';

/**
 * Whether a client's metadata document may be fetched: its host has public addresses only, so that a client id cannot
 * make the provider call into the network it runs in.
 */
export async function isPublicHost(url: string): Promise<boolean> {
  const parsed = URL.parse(url);
  const host = parsed === null ? '' : hostOf(parsed);
  if (host === '') return false;
  try {
    const addresses = await lookup(host, { all: true });
    return addresses.every(({ address }) => !isPrivateAddress(address));
  } catch {
    // A name that does not resolve is no client.
    return false;
  }
}
