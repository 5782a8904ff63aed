import type { z } from 'zod';
import type { CapabilityFlag } from '../domain/device.ts';
import type { Change, Step } from '../domain/change.ts';
import type { Tier } from '../domain/tier.ts';
import { findCommand } from '../routeros/commands.ts';
import type { Router } from '../routeros/router.ts';
import { undeclaredTexts } from './output-fields.ts';
import type { Toolset } from './toolsets.ts';

/** Deployment phase from which an operation exists at all (0 registry and health … 5 policies). */
export type Phase = 0 | 1 | 2 | 3 | 4 | 5;

export interface Declared<Input extends z.ZodObject> {
  /** The only name: tool, route, audit label, metric label, docs page. */
  name: string;
  /** At most 40 characters, for people. */
  title: string;
  /** First sentence: what it is and when to use it. */
  summary: string;
  toolset: Toolset;
  /** Listed also for clients that choose no toolsets. Default false. */
  isCore?: boolean;
  phase: Phase;
  /** Menus the handler may touch; the port refuses others. */
  paths: readonly string[];
  input: Input;
  /** A valid input, used by docs and by the table test against the simulator. */
  example: z.input<Input>;
}

export interface ReadOperation<
  Input extends z.ZodObject = z.ZodObject,
  Output extends z.ZodObject = z.ZodObject,
> extends Declared<Input> {
  effect: 'read';
  tier: 'fundamental';
  output: Output;
  /** The answer is a page of a list: the field that holds the entries. See `defineListRead`. */
  page?: { items: string };
  /** It shows what people did, or a whole router at once: every call is recorded. Default false. */
  isSensitive?: boolean;
  /** What it takes besides reading. Default: nothing. */
  flag?: CapabilityFlag;
  /** Makes a router send traffic or work hard: such calls have a smaller rate. Default false. */
  isActive?: boolean;
  /** How long the router may work on it, seconds, when that is long enough to be told meanwhile. */
  mostSeconds?: (input: z.output<Input>) => number;
  /** Makes a router talk to hosts that are none of the fleet's, such as a ping of whatever address. Default false. */
  reachesOutside?: boolean;
  handler: (router: Router, input: z.output<Input>) => Promise<z.input<Output>>;
}

/** A write to one device: `steps` reads what is there and says what to set; `deviceChange` carries it out and proves it. */
export interface WriteOperation<Input extends z.ZodObject = z.ZodObject> extends Declared<Input> {
  effect: 'write';
  tier: Exclude<Tier, 'fundamental'>;
  /** A topic flag needed besides the tier's own. */
  flag?: CapabilityFlag;
  /** Why this deployment does not allow such a write, as a sentence; null when it does. Asked before any device is. */
  restrict?: (input: z.output<Input>, restrictions: Restrictions) => string | null;
  /** Steps from the present state to the wanted one; none when it already is so. */
  steps: (router: Router, input: z.output<Input>) => Promise<Step[]>;
}

/** What a deployment allows writes to, beyond roles, scopes and flags. */
export interface Restrictions {
  /** How the names of firewall address lists begin that may be changed. */
  addressListPrefix: string;
}

/**
 * A command to one device that changes nothing a row shows, such as emptying a cache. There is nothing to read back or to
 * undo, so only commands of which twice is the same as once may be declared: when a reply is lost it is run again.
 */
export interface CommandOperation<Input extends z.ZodObject = z.ZodObject> extends Declared<Input> {
  effect: 'command';
  tier: Exclude<Tier, 'fundamental'>;
  flag?: CapabilityFlag;
  /** One of `ROUTER_COMMANDS`. */
  menu: string;
  command: string;
}

export type Operation = ReadOperation | WriteOperation | CommandOperation;

const NAME = /^[a-z][a-z0-9_]{2,39}$/;

/** Declares a read; throws at load when the declaration breaks a rule of the catalogue. */
export function defineRead<Input extends z.ZodObject, Output extends z.ZodObject>(
  declaration: Omit<ReadOperation<Input, Output>, 'effect' | 'tier'>,
): ReadOperation {
  check(declaration);
  const undeclared = undeclaredTexts(declaration.output);
  if (undeclared.length > 0) {
    throw new Error(
      `operation "${declaration.name}": say of ${undeclared.join(', ')} what the text is (output-fields.ts)`,
    );
  }
  // The catalogue stores operations of different inputs in one list; every call parses with the operation's own schema.
  return { ...declaration, effect: 'read', tier: 'fundamental' } as unknown as ReadOperation;
}

/** Declares a write to one device; throws at load when the declaration breaks a rule of the catalogue. */
export function defineWrite<Input extends z.ZodObject>(
  declaration: Omit<WriteOperation<Input>, 'effect'>,
): WriteOperation {
  check(declaration);
  return { ...declaration, effect: 'write' } as unknown as WriteOperation;
}

/** Declares a command to one device; throws at load when running it twice would not be the same as once. */
export function defineCommand<Input extends z.ZodObject>(
  declaration: Omit<CommandOperation<Input>, 'effect'>,
): CommandOperation {
  check(declaration);
  const { name, menu, command } = declaration;
  const entry = findCommand(menu, command);
  if (entry?.effect !== 'write' || entry.settle !== 'repeat' || entry.endsBy !== undefined) {
    throw new Error(`operation "${name}": ${command} of ${menu} is no command that may be repeated`);
  }
  return { ...declaration, effect: 'command' } as unknown as CommandOperation;
}

/** What is shown of a command that was, or would be, run. */
export function changeOfCommand({ menu, command }: Pick<CommandOperation, 'menu' | 'command'>): Change {
  return { path: menu, key: command, before: null, after: 'run', summary: `${menu}/${command}` };
}

function check(declaration: Declared<z.ZodObject>): void {
  const { name, title, input } = declaration;
  if (!NAME.test(name)) throw new Error(`operation "${name}": a name must match ${NAME}`);
  if (title.length > 40)
    throw new Error(`operation "${name}": the title has ${title.length} characters, 40 are allowed`);
  for (const [field, schema] of Object.entries(input.shape)) {
    if (!(schema as z.ZodType).description)
      throw new Error(`operation "${name}": input field "${field}" needs .describe()`);
  }
}
