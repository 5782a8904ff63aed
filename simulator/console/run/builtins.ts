import type { Signature } from '../language/names.ts';
import { CONTROL_COMMANDS } from './control-commands.ts';
import { FUNCTION_COMMANDS } from './function-commands.ts';
import type { Builtin } from './builtin.ts';

/** The commands of the script language by name. */
export const builtins: Readonly<Record<string, Builtin | undefined>> = { ...CONTROL_COMMANDS, ...FUNCTION_COMMANDS };

/** What a command of the language takes. */
export function builtinSignature({
  positional,
  named = [],
  flags = [],
  code = [],
  variables = [],
}: Builtin): Signature {
  return {
    parameters: [...positional, ...named, ...flags],
    positional,
    flags,
    code,
    storesCode: false,
    variables,
  };
}
