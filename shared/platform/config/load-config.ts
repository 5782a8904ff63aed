import type { z } from 'zod';
import { CONTRADICTIONS } from './contradictions.ts';
import type { ProcessConfig } from './process-config.ts';
import { nearest } from './nearest.ts';
import { CLI_PREFIX, VARIABLES, type VariableName } from './variables.ts';
import { AppError } from '../../errors/app-error.ts';

/**
 * Parses a process's configuration from environment variables. Fails with INVALID_CONFIGURATION and one sentence for each
 * variable that is missing, malformed or unknown and for those that cannot go together; `details.problems` holds them as a list. Values of secrets are not shown.
 */
export function loadConfig<Config>(config: ProcessConfig<Config>, env: NodeJS.ProcessEnv): Config {
  const given = Object.fromEntries(
    config.variables.map((name) => [name, env[name] === '' ? undefined : env[name]] as const),
  );
  const parsed = config.schema.safeParse(given);
  const problems = [
    ...unknownVariables(env),
    ...(parsed.success ? [] : parsed.error.issues.map((issue) => describe(issue, given))),
    ...contradictions(config, given),
  ];
  if (!parsed.success || problems.length > 0) {
    throw new AppError('INVALID_CONFIGURATION', {
      message: `The configuration of "${config.process}" is not valid. ${[...new Set(problems)].join(' ')}`,
      details: { problems: [...new Set(problems)] },
    });
  }
  return parsed.data;
}

/** Also where others are malformed: whoever corrects a configuration wants to do it once. */
function contradictions(
  { variables, isWhole }: Pick<ProcessConfig<unknown>, 'variables' | 'isWhole'>,
  given: Record<string, string | undefined>,
): string[] {
  if (!isWhole) return [];
  const parsed = variables.map((name) => [name, VARIABLES[name].schema.safeParse(given[name])] as const);
  const good = new Set(parsed.filter(([, { success }]) => success).map(([name]) => name));
  const values = Object.fromEntries(parsed.map(([name, { data }]) => [VARIABLES[name].field, data]));
  return CONTRADICTIONS.filter((rule) => rule.variables.every((name) => good.has(name)))
    .map((rule) => rule.problem(values))
    .filter((problem) => problem !== null);
}

function unknownVariables(env: NodeJS.ProcessEnv): string[] {
  const known = Object.keys(VARIABLES);
  const unknown = Object.keys(env)
    .filter((name) => name.startsWith('CONVOY_') && !name.startsWith(CLI_PREFIX) && !known.includes(name))
    .sort()
    .map((name) => {
      const near = nearest(name, known);
      return `${name} is not a variable Convoy knows.${near === null ? '' : ` Did you mean ${near}?`}`;
    });
  return unknown.length === 0 ? [] : [...unknown, `Known are ${known.join(', ')}.`];
}

function describe(issue: z.core.$ZodIssue, given: Record<string, string | undefined>): string {
  const [name] = issue.path;
  if (typeof name !== 'string' || !Object.hasOwn(VARIABLES, name)) return issue.message;
  const row: { about: string; allowed: string; secret?: true } = VARIABLES[name as VariableName];
  const value = given[name];
  if (value === undefined) return `${name} is not set; allowed is ${row.allowed}. It is for: ${row.about}`;
  const shown = row.secret === true ? `${value.length} characters (not shown)` : JSON.stringify(shorten(value));
  const why: unknown = issue.code === 'custom' ? issue.params?.['why'] : undefined;
  const because = typeof why === 'string' ? `, but ${why}; ` : ', ';
  return `${name}: given ${shown}${because}allowed is ${row.allowed}.`;
}

function shorten(value: string): string {
  return value.length > 80 ? `${value.slice(0, 79)}…` : value;
}
