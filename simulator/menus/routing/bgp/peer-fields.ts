import type { Field, FieldType } from '../../../engine/definition.ts';
import { noMatch } from '../../../engine/router-error.ts';
import { boolean, duration, integer, ipv4Address, reference, text, word } from '../../../values/field-types.ts';
import { routingTable } from '../route-menu.ts';
import { asNumber } from './as-number.ts';

/** First version that calls address families `afi`. */
const AFI_SINCE = '7.19';

/** Where the AS number, the router id and the cluster id moved to the instance. */
const INSTANCE_SINCE = '7.20';

/** Where fields for additional paths changed their names. The exact version is not measured. */
const ADD_PATH_SINCE = '7.21';

type Gate = { readonly since?: string; readonly until?: string };

const option = (type: FieldType, gate: Gate = {}): Field => ({ type, canUnset: true, ...gate });

const number = integer(0, 4_294_967_295);

/** A comma list of known words. */
function words(...known: readonly string[]): FieldType {
  return {
    kind: 'list',
    parse: (input, field) => {
      const members = input.split(',').filter((member) => member !== '');
      if (!members.every((member) => known.includes(member))) throw noMatch(field);
      return members.join(',');
    },
  };
}

const FAMILIES = ['ip', 'ipv6', 'l2vpn', 'l2vpn-cisco', 'vpnv4', 'vpnv6', 'evpn'];

const redistributed = words(
  'connected',
  'static',
  'rip',
  'ospf',
  'isis',
  'bgp',
  'vpn',
  'dhcp',
  'fantasy',
  'modem',
  'bgp-mpls-vpn',
);

const affinity = word('afi', 'alone', 'input', 'instance', 'main', 'remote-as', 'vrf');

/** What connections and templates have in common. */
export const PEER_FIELDS: Readonly<Record<string, Field>> = {
  'add-path-out': option(word('all', 'none'), { until: ADD_PATH_SINCE }),
  'address-families': option(words(...FAMILIES), { until: AFI_SINCE }),
  afi: option(words(...FAMILIES), { since: AFI_SINCE }),
  as: option(asNumber),
  'cisco-vpls-nlri-len-fmt': option(word('auto-bits', 'auto-bytes', 'bits', 'bytes')),
  'cluster-id': option(ipv4Address, { until: INSTANCE_SINCE }),
  'hold-time': option(duration(3000, 65_535_000, ['infinity'])),
  'input.accept-communities': option(text),
  'input.accept-ext-communities': option(text),
  'input.accept-large-communities': option(text),
  'input.accept-nlri': option(text),
  'input.accept-unknown': option(text, { until: INSTANCE_SINCE }),
  'input.add-path': option(words('ip', 'ipv6'), { since: ADD_PATH_SINCE }),
  'input.affinity': option(affinity),
  'input.allow-as': option(integer(0, 10)),
  'input.attr-error-handling': option(text, { since: INSTANCE_SINCE }),
  'input.filter': option(text),
  'input.filter-communities': option(text, { since: INSTANCE_SINCE }),
  'input.filter-ext-communities': option(text, { since: INSTANCE_SINCE }),
  'input.filter-large-communities': option(text, { since: INSTANCE_SINCE }),
  'input.filter-nlri': option(text, { since: INSTANCE_SINCE }),
  'input.filter-unknown': option(text, { since: INSTANCE_SINCE }),
  'input.ignore-as-path-len': option(boolean, { until: INSTANCE_SINCE }),
  'input.limit-process-routes-ipv4': option(number),
  'input.limit-process-routes-ipv6': option(number),
  'keepalive-time': option(duration(1000, 1_800_000)),
  multihop: option(boolean),
  'nexthop-choice': option(word('default', 'force-self', 'propagate')),
  'output.add-path': option(words('ip', 'ipv6'), { since: ADD_PATH_SINCE }),
  'output.affinity': option(affinity),
  'output.as-override': option(boolean),
  'output.default-originate': option(word('always', 'if-installed', 'never')),
  'output.default-prepend': option(integer(0, 255)),
  'output.filter-chain': option(text),
  'output.filter-select': option(text),
  'output.keep-sent-attributes': option(boolean),
  'output.network': option(text),
  'output.network-blackhole': option(text, { since: INSTANCE_SINCE }),
  'output.no-client-to-client-reflection': option(boolean),
  'output.no-early-cut': option(boolean),
  'output.redistribute': option(redistributed),
  'output.remove-private-as': option(boolean),
  'router-id': option(text, { until: INSTANCE_SINCE }),
  'routing-table': { type: routingTable, default: 'main', canUnset: true },
  'save-to': option(text),
  templates: option(templateNames()),
  'use-bfd': option(boolean),
  vrf: option(word('main')),
};

/** Templates by name, kept as their ids. */
function templateNames(): FieldType {
  const template = reference('/routing/bgp/template');
  return {
    kind: 'list',
    parse: (input, field, router) =>
      input
        .split(',')
        .filter((name) => name !== '')
        .map((name) => template.parse(name, field, router))
        .join(','),
    show: (stored, router) =>
      stored
        .split(',')
        .map((id) => template.show?.(id, router) ?? id)
        .join(','),
  };
}
