import type { MenuDefinition } from '../../engine/definition.ts';
import { integer, text } from '../../values/field-types.ts';
import { computed } from '../row-fields.ts';

/** Interrupts, and the cores they are bound to. */
export const systemResourceIrq: MenuDefinition = {
  path: '/system/resource/irq',
  kind: 'list',
  rows: 'fixed',
  noun: 'irq',
  fields: {
    'active-cpu': computed((item) => (item.values['cpu'] === 'auto' ? '0' : item.values['cpu'])),
    count: computed((item, router) =>
      String(Math.floor((router.clock.uptimeMs() / 1000) * (3 + (Number(item.values['irq']) % 17)))),
    ),
    cpu: { type: integer(0, 255, ['auto']), default: 'auto' },
    irq: { type: text, access: 'read-only' },
    'read-only': { type: text, access: 'read-only' },
    users: { type: text, access: 'read-only' },
  },
  seed: ({ board }) =>
    board.interfaces
      .filter(({ type }) => type === 'ether')
      .slice(0, 8)
      .map(({ name }, position) => ({ irq: String(24 + position), users: name, 'read-only': 'false' })),
};
