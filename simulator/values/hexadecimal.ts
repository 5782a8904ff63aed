import type { FieldType } from '../engine/definition.ts';
import { badRequest, invalidValue } from '../engine/router-error.ts';

/** A number that the console shows in hexadecimal (`0x8000`), given in either form; bounds are inclusive. */
export function hexadecimal(min: number, max: number): FieldType {
  return {
    kind: 'integer',
    parse: (input, field) => {
      if (!/^(\d+|0x[\da-f]+)$/i.test(input)) throw invalidValue(field);
      const number = Number(input);
      if (number < min || number > max) throw badRequest(`value of ${field} out of range (${min}..${max})`);
      return `0x${number.toString(16).toUpperCase()}`;
    },
  };
}
