import { z } from 'zod';
import { CommentText, Name, untrusted, Word } from '../output-fields.ts';
import { BANDS } from './wireless-values.ts';

/** A name of a network has at most 32 bytes; shown ones may be longer by what is made visible in them. */
const Ssid = untrusted(128);

export const WirelessInterface = z.strictObject({
  name: Name,
  /** Where it is configured, such as `/interface/wifi` or `/caps-man/interface`. */
  menu: Word,
  comment: CommentText,
  enabled: z.boolean(),
  running: z.boolean().describe('As RouterOS counts it: false also while nobody is connected'),
  /** What the radio does, such as `running`, `running-ap` or `no-connection-to-capsman`; null where it cannot be asked. */
  state: Word.nullable(),
  /** Of a virtual access point: the interface whose radio it uses. */
  masterInterface: Name.nullable(),
  macAddress: Word.nullable(),
  mode: Word.nullable(),
  ssid: Ssid.nullable(),
  band: z.enum(BANDS).nullable(),
  /** In use now, as the router writes it; null while it is off, and of radios that a controller cannot see. */
  channel: Word.nullable(),
  frequencyMhz: z.number().nullable(),
  txPowerDbm: z.number().nullable(),
  clients: z.int(),
  /** The radio of this router gets its configuration from a controller, where it finds one. */
  controlledByCapsman: z.boolean(),
  /** The access point whose radio it is; null: this router's own. */
  accessPoint: Name.nullable(),
});
export type WirelessInterfaceRow = z.input<typeof WirelessInterface>;

/** Rates and bytes are those of the access point: sent is towards the client. */
export const WirelessClient = z.strictObject({
  macAddress: Word,
  interface: Name,
  accessPoint: Name.nullable(),
  ssid: Ssid.nullable(),
  band: z.enum(BANDS).nullable(),
  signalDbm: z.number().nullable(),
  signalToNoiseDb: z.number().nullable(),
  txRateBps: z.number().nullable(),
  rxRateBps: z.number().nullable(),
  txBytes: z.number().nullable(),
  rxBytes: z.number().nullable(),
  uptimeSeconds: z.number().nullable(),
  lastActivitySeconds: z.number().nullable(),
  authentication: Word.nullable(),
  ipAddress: Word.nullable(),
  hostName: Name.nullable(),
  vlanId: z.number().nullable(),
});
export type WirelessClientRow = z.input<typeof WirelessClient>;

/** Everything but the state is what the access point says of itself. */
export const AccessPoint = z.strictObject({
  identity: Name.nullable(),
  /** The menu of its controller. */
  menu: Word,
  /** By its certificate, or else by its MAC address. */
  name: Name.nullable(),
  state: Word.nullable(),
  address: untrusted(128).nullable(),
  macAddress: Word.nullable(),
  board: untrusted(64).nullable(),
  serialNumber: untrusted(64).nullable(),
  version: untrusted(64).nullable(),
  connectedSeconds: z.number().nullable(),
  uptimeSeconds: z.number().nullable(),
  /** The interface of a radio is null until it is provisioned. */
  radios: z.array(z.strictObject({ macAddress: Word, interface: Name.nullable() })),
  clients: z.int(),
});
export type AccessPointRow = z.input<typeof AccessPoint>;
