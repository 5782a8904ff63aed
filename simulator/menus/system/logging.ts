import type { FieldType, Item, MenuDefinition } from '../../engine/definition.ts';
import { badRequest, failure, invalidValue, noMatch } from '../../engine/router-error.ts';
import { boolean, reference, text } from '../../values/field-types.ts';
import { comment, disabled } from '../row-fields.ts';
import { BUILTIN_ROW } from '../builtin-row.ts';

/** A list of topics, each perhaps excluded with `!`. */
const topicList: FieldType = {
  kind: 'list',
  parse: (input, field) => {
    const topics = input.split(',').map((topic) => topic.trim());
    if (!topics.every((topic) => TOPICS.has(topic.replace(/^!/, '')))) throw noMatch(field);
    return topics.join(',');
  },
};

const pattern: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    try {
      return new RegExp(input).source === '(?:)' ? '' : input;
    } catch (error) {
      if (error instanceof SyntaxError) throw invalidValue(field);
      throw error;
    }
  },
};

/** Rules: which lines go where. */
export const systemLogging: MenuDefinition = {
  path: '/system/logging',
  kind: 'list',
  noun: 'log rule',
  fields: {
    action: { type: reference('/system/logging/action'), default: '*0' },
    comment: { ...comment, since: '7.22' },
    default: { type: boolean, access: 'read-only', default: 'false' },
    disabled,
    invalid: { type: boolean, compute: (item, router) => String(!router.find(ACTIONS, item.values['action'] ?? '')) },
    prefix: { type: text, default: '' },
    regex: { type: pattern, default: '', since: '7.18' },
    topics: { type: topicList, default: 'info' },
  },
  seed: () => [
    { topics: 'info', action: 'memory', default: 'true' },
    { topics: 'error', action: 'memory', default: 'true' },
    { topics: 'warning', action: 'memory', default: 'true' },
    { topics: 'critical', action: 'echo', default: 'true' },
  ],
  prepare: ({ kind, item }) => {
    if (kind === 'remove' && isDefault(item)) throw failure(BUILTIN_ROW);
  },
};

const ACTIONS = '/system/logging/action';

const isDefault = (item: Item): boolean => item.values['default'] === 'true';

/** Names of actions hold letters and digits only. */
export const actionName: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    if (!/^[a-z0-9]+$/i.test(input)) throw badRequest(`invalid value for argument ${field}`);
    return input;
  },
};

/** What lines can be about. Source: manual, Log > Topics. */
const TOPICS: ReadonlySet<string> = new Set(
  (
    'account acme amt async backup bfd bgp bluetooth bridge bth caps certificate client clock container critical ' +
    'ddns debug dhcp disk dns dot1x dude e-mail error event evpn fetch firewall gps gsm health hotspot igmp-proxy ' +
    'info interface ipsec iscsi isdn isis kvm l2tp ldp letsencrypt lora lte macsec mlag mme mpls mqtt natpmp ' +
    'netinstall netwatch nfs ntp ospf ovpn packet partition pim poe-out ppp pppoe pptp ptp queue radius radvd raw ' +
    'read rip route rpki rsvp script sertcp simulator smb snmp socks socksify ssh sstp state store stp switch system ' +
    'telephony tftp timer tr069 update ups upnp usb vpls vrrp warning watchdog web-proxy wifi wiliot wireguard ' +
    'wireless write zerotier'
  ).split(' '),
);
