import { AppError } from '../../../shared/errors/app-error.ts';
import { loadConfig } from '../../../shared/platform/config/load-config.ts';
import { toolConfig, type ToolConfig } from '../../../shared/platform/config/processes.ts';
import { homeAt, homePath, type StackHome } from '../../stack/home.ts';
import { readStackFile, type StackFile } from '../../stack/stack-file.ts';
import { StackError } from '../../stack/stack-error.ts';

/** Beginning of the advice where a part is not known. */
export const NOT_SET = 'Start a stack with npm start, or set';

/** What the checks look at. */
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  home: StackHome;
  /** Empty when the settings are not valid; `configProblem` says why. */
  config: ToolConfig;
  configProblem: string | null;
  /** Null when no embedded stack runs; `stackProblem` says why. */
  stack: StackFile | null;
  stackProblem: string | null;
  postgresUrl: string | undefined;
  temporalAddress: string | undefined;
  /** Where the fast door is; undefined where there is none. */
  temporalHttpUrl: string | undefined;
  issuer: string | undefined;
  publicUrl: string | undefined;
  approvalUrl: string | undefined;
}

/** Puts together what the environment and the running stack say; the environment wins. */
export async function findSurroundings(env: NodeJS.ProcessEnv): Promise<Surroundings> {
  const home = homeAt(homePath(env));
  const [config, configProblem] = configOf(env);
  const [stack, stackProblem] = await stackOf(home);
  return {
    env,
    home,
    config,
    configProblem,
    stack,
    stackProblem,
    postgresUrl: config.postgresUrl ?? stack?.postgresUrl,
    temporalAddress: config.temporalAddress ?? stack?.temporal.address,
    temporalHttpUrl: config.temporalHttpUrl ?? stack?.temporal.httpUrl,
    issuer: config.oidcIssuer ?? stack?.oidc.issuer,
    publicUrl: config.publicUrl ?? (stack ? new URL(stack.apiUrl).origin : undefined),
    approvalUrl: config.approvalUrl ?? (stack ? new URL(stack.temporal.uiUrl).origin : undefined),
  };
}

function configOf(env: NodeJS.ProcessEnv): [ToolConfig, string | null] {
  try {
    return [loadConfig(toolConfig, env), null];
  } catch (error) {
    if (error instanceof AppError) return [{}, error.message];
    throw error;
  }
}

async function stackOf(home: StackHome): Promise<[StackFile | null, string | null]> {
  try {
    return [await readStackFile(home.stackFile), null];
  } catch (error) {
    if (error instanceof StackError) return [null, error.message];
    throw error;
  }
}
