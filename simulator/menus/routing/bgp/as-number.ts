import type { FieldType } from '../../../engine/definition.ts';
import { integer } from '../../../values/field-types.ts';

const plain = integer(0, 4_294_967_295);
const half = integer(0, 65_535);

/**
 * An autonomous system: `65550`, the same with a dot, `1.14`, or the one of a confederation with the member behind it,
 * `65550/5`.
 */
export const asNumber: FieldType = {
  kind: 'text',
  parse: (input, field, router) => {
    const [number = '', member, ...more] = input.split('/');
    if (more.length > 0) return plain.parse(input, field, router);
    const read = (text: string): string => {
      const [high = '', low, ...rest] = text.split('.');
      if (low === undefined || rest.length > 0) return plain.parse(text, field, router);
      return String(Number(half.parse(high, field, router)) * 65_536 + Number(half.parse(low, field, router)));
    };
    return member === undefined ? read(number) : `${read(number)}/${read(member)}`;
  },
};
