/** The four octets of a dotted-decimal address (no leading zeros, which some read as octal); null otherwise. */
export function parseIpv4(text: string): readonly [number, number, number, number] | null {
  const match = /^(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})$/.exec(text);
  if (!match) return null;
  const [a, b, c, d] = match.slice(1).map(Number) as [number, number, number, number];
  return Math.max(a, b, c, d) > 255 ? null : [a, b, c, d];
}

/** Lower case, shortest form (RFC 5952), which is how RouterOS prints IPv6; null for anything else, and for zones (`%ether1`). */
export function canonicalIpv6(text: string): string | null {
  const groups = parseIpv6(text);
  if (!groups) return null;
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) {
    const [high, low] = [groups[6] ?? 0, groups[7] ?? 0];
    return `::ffff:${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;
  }
  const { start, length } = longestZeroRun(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

/** An address as a number, which tells whether it is in a network; null when the text is none. A zone (`%ether1`) is none. */
export function parseAddress(text: string): { family: 4 | 6; value: bigint } | null {
  const octets = parseIpv4(text);
  if (octets) return { family: 4, value: BigInt(((octets[0] * 256 + octets[1]) * 256 + octets[2]) * 256 + octets[3]) };
  const groups = parseIpv6(text);
  return groups && { family: 6, value: groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n) };
}

function parseIpv6(text: string): number[] | null {
  if (!/^[\da-f:.]{2,45}$/i.test(text)) return null;
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const head = groupsOf(halves[0] ?? '', halves.length === 1);
  const tail = halves.length === 2 ? groupsOf(halves[1] ?? '', true) : [];
  if (!head || !tail) return null;
  if (halves.length === 1) return head.length === 8 ? head : null;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? null : [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** The last group of the whole address may be dotted decimal. */
function groupsOf(text: string, endsAddress: boolean): number[] | null {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    const octets = endsAddress && index === parts.length - 1 ? parseIpv4(part) : null;
    if (octets) groups.push(octets[0] * 256 + octets[1], octets[2] * 256 + octets[3]);
    else if (/^[\da-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16));
    else return null;
  }
  return groups;
}

/** The first of the longest runs of zero groups (RFC 5952 section 4.2.3). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1;
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start };
  }
  return best;
}
