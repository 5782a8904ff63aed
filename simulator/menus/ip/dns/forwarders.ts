import type { MenuDefinition } from '../../../engine/definition.ts';
import { boolean, hostList, text } from '../../../values/field-types.ts';
import { comment, disabled } from '../../row-fields.ts';

/** Groups of servers that static entries of type FWD can name. */
export const ipDnsForwarders: MenuDefinition = {
  path: '/ip/dns/forwarders',
  kind: 'list',
  noun: 'dns forwarder',
  nameField: 'name',
  since: '7.17',
  fields: {
    comment,
    disabled,
    'dns-servers': { type: hostList, default: '' },
    'doh-servers': { type: text, default: '' },
    name: { type: text, required: true },
    'verify-doh-cert': { type: boolean, default: 'true' },
  },
  collision: ({ name }, others) =>
    others.some(({ values }) => values['name'] === name) ? 'item with this name already exists' : undefined,
};

/** Lists of names that are not resolved. */
export const ipDnsAdlist: MenuDefinition = {
  path: '/ip/dns/adlist',
  kind: 'list',
  noun: 'adlist',
  since: '7.15',
  fields: {
    comment,
    disabled,
    file: { type: text, emptyClears: true },
    'match-count': { type: text, access: 'read-only', default: '0' },
    'name-count': { type: text, access: 'read-only', default: '0' },
    'ssl-verify': { type: boolean, default: 'true' },
    url: { type: text, emptyClears: true },
  },
  commands: {
    pause: { policy: 'write', parameters: ['duration', 'as-value'], run: () => ({ kind: 'done' }) },
    reload: { policy: 'write', parameters: ['as-value'], run: () => ({ kind: 'done' }) },
  },
};
