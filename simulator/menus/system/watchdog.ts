import type { FieldType, MenuDefinition } from '../../engine/definition.ts';
import { boolean, duration, host, text } from '../../values/field-types.ts';

/** Restarts a router that hangs, or that reaches an address no more. Simulated routers do not hang. */
export const systemWatchdog: MenuDefinition = {
  path: '/system/watchdog',
  kind: 'singleton',
  noun: 'watchdog settings',
  fields: {
    'auto-send-supout': { type: boolean, default: 'false' },
    'automatic-supout': { type: boolean, default: 'true' },
    'ping-start-after-boot': { type: duration(), default: '5m' },
    'ping-timeout': { type: duration(), default: '1m' },
    'send-email-from': { type: text, default: '' },
    'send-email-to': { type: text, default: '' },
    'send-smtp-server': { type: anyHostOr(''), default: '' },
    'watch-address': { type: anyHostOr('none'), default: 'none' },
    'watchdog-timer': { type: boolean, default: 'true' },
  },
};

/** A host, or one word in its place. */
function anyHostOr(word: string): FieldType {
  return {
    kind: 'address',
    parse: (input, field, router) => (input === word ? word : host.parse(input, field, router)),
  };
}
