import { homePath } from './home.ts';
import { freePorts, portsFrom, requireFreePort, type PortName, type Ports } from './ports.ts';

/** What to start. */
export interface StackOptions {
  /** Default: the environment of this process. */
  env?: NodeJS.ProcessEnv;
  /** Default: CONVOY_HOME, else `.convoy` in the project folder. */
  home?: string;
  /** Default `configured`: the ports of the environment. `free` takes free ones and is for tests. */
  ports?: 'configured' | 'free';
  /** Simulated routers to start and register. Default 12; 0 starts no simulator. */
  routers?: number;
  /** Default 2. */
  workers?: number;
  /** Web processes, all on the same port. Default 2. */
  webs?: number;
  /** Whether web processes are told of the fast door for reads. Default true. */
  fastDoor?: boolean;
  /** Whether processes of ours that end by themselves are started again. Default true. */
  restarts?: boolean;
  /** Whether Ctrl-C (and SIGTERM) stop the stack in order, and a second Ctrl-C kills it. Default false. */
  handleSignals?: boolean;
  /** Takes progress lines. Default: nobody. */
  say?: (line: string) => void;
}

/** The options with every default and the environment's decisions filled in. */
export interface StackPlan {
  env: NodeJS.ProcessEnv;
  homeRoot: string;
  ports: Ports;
  arePortsFree: boolean;
  routers: number;
  workers: number;
  webs: number;
  fastDoor: boolean;
  restarts: boolean;
  handleSignals: boolean;
  say: (line: string) => void;
  namespace: string;
  publicUrl: string;
  approvalUrl: string;
  external: ExternalParts;
}

/** Parts that the environment names and that are therefore not started. */
export interface ExternalParts {
  postgresUrl: string | undefined;
  postgresOwnerUrl: string | undefined;
  temporalAddress: string | undefined;
  temporalHttpUrl: string | undefined;
  temporalUiUrl: string | undefined;
  signingKeyFile: string | undefined;
  issuer: string | undefined;
}

/** Decides what will be started where. Fails with PORT_INVALID on a port variable that is no port number. */
export async function planStack(options: StackOptions): Promise<StackPlan> {
  const env = options.env ?? process.env;
  const arePortsFree = options.ports === 'free';
  const ports = arePortsFree ? await freePorts() : portsFrom(env);
  return {
    env,
    homeRoot: options.home ?? homePath(env),
    ports,
    arePortsFree,
    routers: options.routers ?? 12,
    workers: options.workers ?? 2,
    webs: options.webs ?? 2,
    fastDoor: options.fastDoor ?? true,
    restarts: options.restarts ?? true,
    handleSignals: options.handleSignals ?? false,
    say: options.say ?? (() => undefined),
    namespace: env['CONVOY_TEMPORAL_NAMESPACE'] || 'convoy',
    publicUrl: `http://127.0.0.1:${ports.http}`,
    approvalUrl: `http://127.0.0.1:${ports.approval}`,
    external: {
      postgresUrl: env['CONVOY_POSTGRES_URL'] || undefined,
      postgresOwnerUrl: env['CONVOY_POSTGRES_OWNER_URL'] || undefined,
      temporalAddress: env['CONVOY_TEMPORAL_ADDRESS'] || undefined,
      temporalHttpUrl: env['CONVOY_TEMPORAL_HTTP_URL'] || undefined,
      temporalUiUrl: env['CONVOY_TEMPORAL_UI_URL'] || undefined,
      signingKeyFile: env['CONVOY_SIGNING_KEY_FILE'] || undefined,
      issuer: env['CONVOY_OIDC_ISSUER'] || undefined,
    },
  };
}

/** Checks every port that will be opened before anything is started; PORT_TAKEN names the first that is not free. */
export async function requireFreePorts(plan: StackPlan): Promise<void> {
  const { ports, external } = plan;
  const wanted: PortName[] = ['http', 'approval', 'metrics'];
  if (!external.postgresUrl) wanted.push('postgres');
  if (!external.temporalAddress) wanted.push('temporal', 'temporalHttp');
  if (!external.issuer) wanted.push('idp');
  if (plan.routers > 0) wanted.push('simulator', 'simulatorRest', 'simulatorSsh');
  for (const name of wanted) await requireFreePort(name, ports[name]);
}
