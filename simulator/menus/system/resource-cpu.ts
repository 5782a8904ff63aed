import type { Item, MenuDefinition } from '../../engine/definition.ts';
import { text } from '../../values/field-types.ts';
import { coreLoads } from './load.ts';

/** Cores and what they are busy with, in percent. */
export const systemResourceCpu: MenuDefinition = {
  path: '/system/resource/cpu',
  kind: 'list',
  rows: 'read-only',
  backedUp: false,
  nameField: 'cpu',
  fields: {
    cpu: { type: text, access: 'read-only' },
    disk: { type: text, access: 'read-only' },
    irq: { type: text, access: 'read-only' },
    load: { type: text, access: 'read-only' },
  },
  derived: (router) =>
    coreLoads(router).map((load, core): Item => ({
      id: `*${core.toString(16).toUpperCase()}`,
      dynamic: false,
      values: { cpu: `cpu${core}`, disk: '0', irq: String(Math.floor(load / 3)), load: String(load) },
      internal: {},
    })),
};
