import type { FieldType } from '../engine/definition.ts';
import { badRequest } from '../engine/router-error.ts';

/** A MAC address, printed in upper case with colons; input may also use dashes, dots or nothing between the digits. */
export const macAddress: FieldType = {
  kind: 'address',
  parse: (input, field) => {
    const mac = parseMac(input);
    if (mac === undefined) throw badRequest(`invalid value of ${field}, mac address required`);
    return mac;
  },
};

/** A MAC address in canonical form; undefined when the text is none. */
export function parseMac(text: string): string | undefined {
  if (!/^[\da-f]{2}([:.-]?[\da-f]{2}){5}$/i.test(text)) return undefined;
  const digits = text.replaceAll(/[:.-]/g, '').toUpperCase();
  return digits.replaceAll(/..(?=.)/g, '$&:');
}
