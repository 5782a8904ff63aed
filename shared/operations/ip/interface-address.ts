import { z } from 'zod';
import { notAServer, refused } from '../../routeros/addresses.ts';
import { isNetwork, parsePrefix, type Prefix } from '../../routeros/prefixes.ts';

/** An IPv4 address of an interface, with its prefix length. */
export const InterfaceAddress = z.string().max(18).check(refused(addressProblem));

function addressProblem(text: string): string | null {
  const given = JSON.stringify(text.slice(0, 18));
  const prefix = parsePrefix(text);
  if (prefix?.family !== 4 || !text.includes('/')) {
    return `${given} is not an IPv4 address with a prefix length, such as "192.0.2.1/24"`;
  }
  const { length } = prefix;
  if (length < 8) return `${given} has a prefix length below 8`;
  const unusable = notAServer(text.split('/')[0] ?? '');
  if (unusable !== null) return `${given} ${unusable}`;
  if (length > 30) return null;
  if (isNetwork(prefix)) return `${given} is the network itself; give an address in it`;
  return isBroadcast(prefix) ? `${given} is the broadcast address of its network` : null;
}

function isBroadcast({ value, length }: Prefix): boolean {
  const hosts = (1n << BigInt(32 - length)) - 1n;
  return (value & hosts) === hosts;
}
