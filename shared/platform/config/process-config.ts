import { z } from 'zod';
import { VARIABLES, type VariableName } from './variables.ts';

type Table = typeof VARIABLES;

/** The values of these variables under their field names. */
export type ConfigOf<Name extends VariableName> = {
  [Key in Name as Table[Key]['field']]: z.output<Table[Key]['schema']>;
};

/** One process's configuration: a zod schema from environment variables to named values. */
export interface ProcessConfig<Config> {
  /** The process, as messages name it. */
  readonly process: string;
  readonly variables: readonly VariableName[];
  readonly schema: z.ZodType<Config>;
  /** Whether what goes together is looked at: a tool that reads some of it cannot tell. */
  readonly isWhole: boolean;
}

/** Declares the variables a process reads; those without a default in the table are demanded. */
export function defineProcessConfig<const Name extends VariableName>(
  process: string,
  variables: readonly Name[],
): ProcessConfig<ConfigOf<Name>> {
  const shape = Object.fromEntries(variables.map((name) => [name, VARIABLES[name].schema]));
  return { process, variables, schema: toFields<ConfigOf<Name>>(shape), isWhole: true };
}

/** Declares the variables a process reads when they are set; none is demanded and none has a default. */
export function defineOptionalConfig<const Name extends VariableName>(
  process: string,
  variables: readonly Name[],
): ProcessConfig<Partial<ConfigOf<Name>>> {
  const shape = Object.fromEntries(variables.map((name) => [name, optional(VARIABLES[name].schema)]));
  return { process, variables, schema: toFields<Partial<ConfigOf<Name>>>(shape), isWhole: false };
}

function toFields<Config>(shape: Record<string, z.ZodType>): z.ZodType<Config> {
  return z.strictObject(shape).transform((values) => {
    const named = Object.entries(values).map(([name, value]) => [VARIABLES[name as VariableName].field, value]);
    return Object.fromEntries(named) as Config;
  });
}

/** A default inside would still be applied by `.optional()` alone, so an absent value never reaches the schema. */
function optional(schema: z.ZodType): z.ZodType {
  return z.union([z.undefined(), schema]).optional();
}
