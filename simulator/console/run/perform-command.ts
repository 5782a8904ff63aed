import type { Command } from '../language/syntax-tree.ts';
import { builtins } from './builtins.ts';
import { runExport } from './export-command.ts';
import { runMenuCommand } from './menu-command.ts';
import type { Frame, Steps } from './script-run.ts';

/** Runs a command of the language or of a menu. */
export function performCommand(command: Command, frame: Frame): Steps {
  if (command.name === 'export') return runExport(command, frame);
  const builtin = command.path === '/' ? builtins[command.name] : undefined;
  return builtin ? builtin.run(command, frame) : runMenuCommand(command, frame);
}
