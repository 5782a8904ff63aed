import { findFreePorts, preferPorts } from './ports.ts';
import { serviceEnv, startService, type Service, type ServiceEnv, type ServiceKind } from './services.ts';
import type { StackState } from './stack-state.ts';

/** Starts processes of one kind, side by side; returns a phrase about them. */
export async function addServices(state: StackState, kind: ServiceKind, count: number): Promise<string> {
  const metricsPorts = await takeMetricsPorts(state, count);
  const services = await Promise.all(metricsPorts.map((port) => launch(state, kind, port)));
  return `${count} ${count === 1 ? 'process' : 'processes'} (${services.map(({ pid }) => pid).join(', ')})`;
}

/** Starts one more process of a kind; `env` overrides single settings of it. */
export async function addService(state: StackState, kind: ServiceKind, env: ServiceEnv = {}): Promise<Service> {
  const [metricsPort = 0] = await takeMetricsPorts(state, 1);
  return launch(state, kind, metricsPort, env);
}

async function takeMetricsPorts({ plan, metricsPorts }: StackState, count: number): Promise<number[]> {
  const first = plan.ports.metrics + metricsPorts.length;
  const preferred = Array.from({ length: count }, (_, index) => first + index);
  const taken = await (plan.arePortsFree ? findFreePorts(count) : preferPorts(preferred));
  metricsPorts.push(...taken);
  return taken;
}

async function launch(
  state: StackState,
  kind: ServiceKind,
  metricsPort: number,
  overrides: ServiceEnv = {},
): Promise<Service> {
  const { plan, processes, supervisor } = state;
  const name = `${kind}-${(state.serviceCounts[kind] += 1)}`;
  const env = { ...envOf(state), ...overrides };
  const webUrl = `http://127.0.0.1:${env['CONVOY_HTTP_PORT']}`;
  const readyUrls = { worker: [], web: [`${webUrl}/readyz`], gateway: [`${plan.approvalUrl}/healthz`] }[kind];
  const start = (): Promise<Service> => startService({ processes, kind, name, env, metricsPort, readyUrls });
  return plan.restarts ? supervisor.add(start) : supervisor.addOnce(start);
}

function envOf(state: StackState): ServiceEnv {
  const { plan } = state;
  return serviceEnv(plan.env, {
    ...state.secrets,
    postgresUrl: state.postgresUrl,
    temporalAddress: state.temporal.address,
    temporalNamespace: plan.namespace,
    temporalHttpUrl: plan.fastDoor ? state.temporal.httpUrl : undefined,
    temporalUiUrl: state.uiUrl,
    signingKeyFile: state.signingKey.privateKeyFile,
    issuer: state.issuer,
    publicUrl: plan.publicUrl,
    approvalUrl: plan.approvalUrl,
    httpPort: plan.ports.http,
    approvalPort: plan.ports.approval,
    accessFile: state.home.accessFile,
  });
}
