import { findFreePorts, preferPorts } from './ports.ts';
import { serviceEnv, startService, type Service, type ServiceEnv, type ServiceKind } from './services.ts';
import type { StackState } from './stack-state.ts';

/** Starts several processes of one kind, one after the other; returns a phrase about them. */
export async function addServices(state: StackState, kind: ServiceKind, count: number): Promise<string> {
  const services: Service[] = [];
  for (let index = 0; index < count; index += 1) services.push(await addService(state, kind));
  return `${count} ${count === 1 ? 'process' : 'processes'} (${services.map(({ pid }) => pid).join(', ')})`;
}

/** Starts one process of Convoy under the supervisor, with a metrics port of its own. */
export async function addService(state: StackState, kind: ServiceKind): Promise<Service> {
  const { plan, processes, supervisor } = state;
  const name = `${kind}-${(state.serviceCounts[kind] += 1)}`;
  const preferred = plan.ports.metrics + state.metricsPorts.length;
  const [metricsPort = 0] = await (plan.arePortsFree ? findFreePorts(1) : preferPorts([preferred]));
  state.metricsPorts.push(metricsPort);
  const readyUrls = { worker: [], web: [`${plan.publicUrl}/readyz`], gateway: [`${plan.approvalUrl}/healthz`] }[kind];
  const env = envOf(state);
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
    temporalHttpUrl: state.temporal.httpUrl,
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
