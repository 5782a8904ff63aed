import type { MenuDefinition } from '../../engine/definition.ts';
import { integer, text } from '../../values/field-types.ts';
import { comment } from '../row-fields.ts';

/** Shared keys of NTP. */
export const systemNtpKey: MenuDefinition = {
  path: '/system/ntp/key',
  kind: 'list',
  noun: 'ntp key',
  fields: {
    comment,
    'key-id': { type: integer(1, 65_535), required: true },
    'key-val': { type: text, default: '', sensitive: true },
  },
  collision: (candidate, others) =>
    others.some((other) => other.values['key-id'] === candidate['key-id'])
      ? 'key with this id already exists'
      : undefined,
};
