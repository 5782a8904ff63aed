import type { MenuDefinition } from '../../engine/definition.ts';
import { boolean } from '../../values/field-types.ts';

const on = { type: boolean, default: 'true' } as const;

/** What the web server offers without TLS (`plain`) and with it (`secure`). */
export const serviceWebserver: MenuDefinition = {
  path: '/ip/service/webserver',
  kind: 'singleton',
  noun: 'webserver settings',
  since: '7.22',
  fields: {
    'acme-plain': on,
    'crl-plain': on,
    'graphs-plain': on,
    'graphs-secure': on,
    'index-plain': on,
    'index-secure': on,
    'rest-plain': on,
    'rest-secure': on,
    'scep-plain': on,
    'webfig-plain': on,
    'webfig-secure': on,
  },
};
