import path from 'node:path';
import { writeAccessFile } from './access-file.ts';
import type { StackHome } from './home.ts';
import type { Processes } from './processes.ts';
import { ensureSecretFile } from './secret-file.ts';
import type { ServiceKind } from './services.ts';
import type { SigningKey } from './signing-key.ts';
import type { Simulator } from './simulator.ts';
import { ensureStackKeys } from './stack-keys.ts';
import { writeStackFile, type StackFile } from './stack-file.ts';
import type { StackPlan } from './stack-plan.ts';
import { createSupervisor, type Supervisor } from './supervisor.ts';

/** What the steps find out and later ones need. */
export interface StackState {
  plan: StackPlan;
  home: StackHome;
  processes: Processes;
  supervisor: Supervisor;
  signingKey: SigningKey;
  secrets: { masterKeyFile: string; cookieSecretFile: string; simulatorPassword: string };
  postgresUrl: string;
  postgresOwnerUrl: string;
  temporal: { address: string; httpUrl: string | undefined };
  uiUrl: string | undefined;
  issuer: string;
  simulator: Simulator | undefined;
  pids: Omit<StackFile['pids'], 'web' | 'worker' | 'gateway'>;
  serviceCounts: Record<ServiceKind, number>;
  metricsPorts: number[];
}

/** Makes or reads the home's keys and writes the access file: everything the steps need before the first starts. */
export async function prepareState(plan: StackPlan, home: StackHome, processes: Processes): Promise<StackState> {
  const { signingKey: generated, masterKeyFile, cookieSecretFile } = await ensureStackKeys(home);
  const simulatorPasswordFile = path.join(home.keysDir, 'simulator-password');
  const simulatorPassword = await ensureSecretFile(simulatorPasswordFile, { bytes: 18, encoding: 'base64url' });
  await writeAccessFile(home.accessFile);
  const state: StackState = {
    plan,
    home,
    processes,
    supervisor: createSupervisor({
      say: plan.say,
      onChange: () => writeStackFile(home.stackFile, describeStack(state)),
    }),
    signingKey: { ...generated, privateKeyFile: plan.external.signingKeyFile ?? generated.privateKeyFile },
    secrets: { masterKeyFile, cookieSecretFile, simulatorPassword },
    postgresUrl: plan.external.postgresUrl ?? '',
    postgresOwnerUrl: plan.external.postgresOwnerUrl ?? plan.external.postgresUrl ?? '',
    temporal: { address: plan.external.temporalAddress ?? '', httpUrl: plan.external.temporalHttpUrl },
    uiUrl: plan.external.temporalUiUrl,
    issuer: plan.external.issuer ?? `http://127.0.0.1:${plan.ports.idp}`,
    simulator: undefined,
    pids: {},
    serviceCounts: { worker: 0, web: 0, gateway: 0 },
    metricsPorts: [],
  };
  return state;
}

/** The content of `stack.json` as things are now. */
export function describeStack(state: StackState): StackFile {
  const { plan, simulator } = state;
  const services = state.supervisor.running();
  const pidsOf = (kind: ServiceKind): number[] => services.filter((one) => one.kind === kind).map(({ pid }) => pid);
  return {
    mcpUrl: `${plan.publicUrl}/mcp`,
    apiUrl: `${plan.publicUrl}/api/v1`,
    consoleUrl: `${plan.publicUrl}/`,
    oidc: { issuer: state.issuer },
    temporal: {
      address: state.temporal.address,
      namespace: plan.namespace,
      ...(plan.fastDoor && state.temporal.httpUrl ? { httpUrl: state.temporal.httpUrl } : {}),
      uiUrl: `${plan.approvalUrl}/`,
    },
    postgresUrl: state.postgresUrl,
    metricsUrls: services.map(({ metricsUrl }) => metricsUrl),
    ...(simulator ? { simulator: { controlUrl: simulator.controlUrl, devices: simulator.routers } } : {}),
    pids: { web: pidsOf('web'), worker: pidsOf('worker'), gateway: pidsOf('gateway')[0], ...state.pids },
  };
}
