import type { Signature } from '../language/names.ts';
import { CONTROL_COMMANDS } from './control-commands.ts';
import { runExecute } from './execute-command.ts';
import { runImport } from './import-command.ts';
import { LOOP_COMMANDS } from './loop-commands.ts';
import { TEXT_COMMANDS } from './text-commands.ts';
import { FUNCTION_COMMANDS } from './function-commands.ts';
import type { Builtin } from './builtin.ts';

/** Commands that run other code. */
const FILE_COMMANDS: Readonly<Record<string, Builtin>> = {
  execute: { positional: ['script'], named: ['file'], flags: ['as-string'], storesCode: true, run: runExecute },
  import: {
    positional: ['file-name'],
    named: ['from-line', 'verbose'],
    flags: ['dry-run'],
    storesCode: true,
    run: runImport,
  },
};

/** The commands of the script language by name. */
export const builtins: Readonly<Record<string, Builtin | undefined>> = {
  ...CONTROL_COMMANDS,
  ...FUNCTION_COMMANDS,
  ...TEXT_COMMANDS,
  ...LOOP_COMMANDS,
  ...FILE_COMMANDS,
};

/** What a command of the language takes. */
export function builtinSignature({
  positional,
  named = [],
  flags = [],
  code = [],
  variables = [],
  storesCode = false,
}: Builtin): Signature {
  return {
    parameters: [...positional, ...named, ...flags],
    positional,
    flags,
    code,
    storesCode,
    variables,
  };
}
