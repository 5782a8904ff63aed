import type { MenuDefinition, Values } from '../../engine/definition.ts';
import { boolean, duration, text } from '../../values/field-types.ts';
import { computed, disabled } from '../row-fields.ts';
import { portList } from './value-types.ts';

/** The helpers that look into protocols which name other ports in their payload. */
export const servicePort: MenuDefinition = {
  path: '/ip/firewall/service-port',
  kind: 'list',
  rows: 'fixed',
  noun: 'service port',
  nameField: 'name',
  fields: {
    disabled,
    dynamic: computed(() => 'false'),
    invalid: computed(() => 'false'),
    name: { type: text, access: 'read-only' },
    ports: { type: portList },
    protocol: { type: text, access: 'read-only' },
    'sip-direct-media': { type: boolean },
    'sip-timeout': { type: duration() },
  },
  seed: (): readonly Values[] => [
    { name: 'ftp', ports: '21' },
    { name: 'tftp', ports: '69' },
    { name: 'irc', ports: '6667', disabled: 'true' },
    { name: 'h323' },
    { name: 'sip', ports: '5060,5061', 'sip-direct-media': 'true', 'sip-timeout': '1h' },
    { name: 'pptp' },
    { name: 'rtsp', ports: '554', disabled: 'true' },
    { name: 'udplite', protocol: 'udplite' },
    { name: 'dccp', protocol: 'dccp' },
    { name: 'sctp', protocol: 'sctp' },
  ],
};
