import { z } from 'zod';
import { CommentInput } from '../../operations/comment-input.ts';
import { refused } from '../../routeros/addresses.ts';
import { canonicalRanges, coversNumber, shareNumbers } from '../../routeros/number-ranges.ts';

const MOST_PORTS = 60;
const MOST_VLANS = 100;
const MOST_BRIDGES = 10;
const LAST_VLAN = 4094;
/** Spanning tree takes only steps of this size (IEEE 802.1D). */
const PRIORITY_STEP = 4096;

/** Of an interface; that there is one of that name is looked at on each device. */
const Name = z.string().max(128);
const VlanId = z.int().min(1).max(LAST_VLAN);
const VlanIds = z
  .string()
  .max(500)
  .check(refused(problemOfVlanIds))
  .overwrite((text) => (problemOfVlanIds(text) === null ? canonicalRanges(text) : text));
const Members = z.array(Name).max(MOST_PORTS);

function problemOfVlanIds(text: string): string | null {
  const parts = text.split(',').map((part) => /^\s*(\d{1,4})(?:\s*-\s*(\d{1,4}))?\s*$/.exec(part));
  const isWhole = parts.every((match) => {
    const [first, last] = [Number(match?.[1] ?? 0), Number(match?.[2] ?? match?.[1] ?? 0)];
    return first >= 1 && first <= last && last <= LAST_VLAN;
  });
  return isWhole ? null : `"${text.slice(0, 64)}" is no list of VLAN ids from 1 to ${LAST_VLAN}, such as "10,20-30"`;
}

const WantedPort = z.strictObject({
  interface: Name,
  bridge: Name.optional().describe('For a new port'),
  pvid: VlanId.optional().describe('VLAN of untagged frames'),
  frameTypes: z.enum(['all', 'untagged', 'tagged']).optional(),
  ingressFiltering: z.boolean().optional(),
  edge: z.enum(['auto', 'no', 'yes']).optional(),
  bpduGuard: z.boolean().optional(),
  enabled: z.boolean().optional(),
  comment: CommentInput.optional(),
});
export type WantedPort = z.output<typeof WantedPort>;

const WantedVlan = z.strictObject({
  bridge: Name,
  vlanIds: VlanIds.describe('All ids of the row, such as "10" or "20-30"'),
  tagged: Members.optional().describe('Ports, or the bridge, that shall carry it tagged'),
  untagged: Members.optional().describe('Untagged; their pvid must be of it'),
  without: Members.optional().describe('Not at all; others stay'),
  remove: z.literal(true).optional().describe('The whole row'),
  comment: CommentInput.optional(),
});
export type WantedVlan = z.output<typeof WantedVlan>;
/** What names a row of the VLAN table. */
export type VlanName = Pick<WantedVlan, 'bridge' | 'vlanIds'>;

const WantedBridge = z.strictObject({
  name: Name,
  comment: CommentInput.optional(),
  ageingSeconds: z.int().min(10).max(1_000_000).optional(),
  igmpSnooping: z.boolean().optional(),
  protocolMode: z.enum(['none', 'stp', 'rstp', 'mstp']).optional().describe('Never in prod'),
  priority: z
    .int()
    .min(0)
    .max(15 * PRIORITY_STEP)
    .multipleOf(PRIORITY_STEP)
    .optional(),
  vlanFiltering: z.boolean().optional().describe('Never in prod'),
});
export type WantedBridge = z.output<typeof WantedBridge>;

export const BridgeVlansInput = z.strictObject({
  ports: z.array(WantedPort).max(MOST_PORTS).default([]).describe('Ports to add or change; what is left out stays'),
  removePorts: Members.default([]).describe('Ports to remove'),
  vlans: z.array(WantedVlan).max(MOST_VLANS).default([]).describe('Rows of the VLAN table'),
  bridges: z.array(WantedBridge).max(MOST_BRIDGES).default([]).describe('Settings'),
});
export type BridgeVlansInput = z.output<typeof BridgeVlansInput>;

/** Why the wish cannot be meant, as a sentence that names the field; null when it can. */
export function refuseBridgeWish(input: BridgeVlansInput): string | null {
  const asked = Object.values(input).reduce((sum, { length }) => sum + length, 0);
  if (asked === 0) return 'give ports, removePorts, vlans or bridges';
  return refusePorts(input) ?? refuseVlans(input) ?? refuseUntagged(input) ?? refuseBridges(input);
}

function refusePorts({ ports, removePorts }: BridgeVlansInput): string | null {
  const seen = new Map<string, string>();
  for (const [index, { interface: name, ...settings }] of ports.entries()) {
    const key = `ports[${index}]`;
    if (Object.keys(settings).length === 0) return `${key}: give bridge or a setting`;
    if (settings.bridge === name) return `${key}: a bridge is no port of itself`;
    const other = seen.get(name);
    if (other !== undefined) return `${key} is the same interface as ${other}`;
    seen.set(name, key);
  }
  for (const [index, name] of removePorts.entries()) {
    const other = seen.get(name);
    if (other?.startsWith('ports')) return `removePorts[${index}] removes the port that ${other} wants`;
    if (other !== undefined) return `removePorts[${index}] is the same interface as ${other}`;
    seen.set(name, `removePorts[${index}]`);
  }
  return null;
}

function refuseVlans({ vlans, removePorts }: BridgeVlansInput): string | null {
  for (const [
    index,
    { bridge, vlanIds, tagged = [], untagged = [], without = [], remove, ...row },
  ] of vlans.entries()) {
    const key = `vlans[${index}]`;
    const before = vlans
      .slice(0, index)
      .findIndex((other) => other.bridge === bridge && shareNumbers(other.vlanIds, vlanIds));
    if (before !== -1) return `${key} has VLAN ids that vlans[${before}] has`;
    const members = [...tagged, ...untagged, ...without];
    const isEmpty = members.length === 0 && row.comment === undefined;
    if (remove && !isEmpty) return `${key} is removed, so it takes nothing else`;
    if (!remove && isEmpty) return `${key}: give tagged, untagged, without, comment or remove`;
    const twice = members.find((name, place) => members.indexOf(name) !== place);
    if (twice !== undefined) return `${key} names ${JSON.stringify(twice)} twice`;
    const gone = [...tagged, ...untagged].find((name) => removePorts.includes(name));
    if (gone !== undefined) return `${key} wants ${JSON.stringify(gone)}, which removePorts removes`;
  }
  return null;
}

/** Untagged frames are of one VLAN at a port, which its pvid says. */
function refuseUntagged({ ports, vlans }: BridgeVlansInput): string | null {
  for (const [index, { vlanIds, untagged = [] }] of vlans.entries()) {
    const port = ports.findIndex(
      ({ interface: name, pvid }) => untagged.includes(name) && pvid !== undefined && !coversNumber(vlanIds, pvid),
    );
    if (port !== -1)
      return `vlans[${index}].untagged has ${nameOf(ports[port])}, to which ports[${port}] gives another pvid`;
  }
  return null;
}

function refuseBridges({ bridges }: BridgeVlansInput): string | null {
  for (const [index, { name, ...settings }] of bridges.entries()) {
    if (Object.keys(settings).length === 0) return `bridges[${index}]: give a setting`;
    const before = bridges.findIndex((other) => other.name === name);
    if (before !== index) return `bridges[${index}] is the same bridge as bridges[${before}]`;
  }
  return null;
}

function nameOf(port: WantedPort | undefined): string {
  return JSON.stringify(port?.interface ?? '');
}
