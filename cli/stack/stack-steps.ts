import { SEARCH_ATTRIBUTES } from '../../shared/contract/search-attributes.ts';
import { migrate, roleOf } from '../../shared/platform/persistence/database.ts';
import { ensureTemporalBinaries } from '../../scripts/build-temporal.ts';
import { addServices } from './convoy-services.ts';
import { startIdentityProvider } from './identity-provider.ts';
import { findFreePorts, preferPorts } from './ports.ts';
import { startPostgres } from './postgres.ts';
import type { Step } from './progress.ts';
import { registerFleet } from './register-fleet.ts';
import { startSimulator } from './simulator.ts';
import type { StackState } from './stack-state.ts';
import { startTemporalUi } from './temporal-ui.ts';
import { startTemporal } from './temporal.ts';

/** The parts of the stack in the order of their start; what a step finds out goes into the state. */
export function stepsOf(state: StackState): Step[] {
  const { plan, home, processes } = state;
  const { ports, external } = plan;
  const binaries = (): ReturnType<typeof ensureTemporalBinaries> =>
    ensureTemporalBinaries({ env: plan.env, onProgress: plan.say });
  return [
    {
      name: 'postgres',
      skip: external.postgresUrl && 'CONVOY_POSTGRES_URL is set, that one is used',
      start: async () => {
        const postgres = await startPostgres({ processes, ...home, port: ports.postgres });
        state.postgresUrl = postgres.url;
        state.postgresOwnerUrl = postgres.ownerUrl;
        state.pids.postgres = postgres.pid;
        const isAtHome = postgres.dataDir.startsWith(home.root);
        return `127.0.0.1:${ports.postgres}${isAtHome ? '' : `, data in ${postgres.dataDir}`}`;
      },
    },
    {
      name: 'temporal',
      skip: external.temporalAddress && `CONVOY_TEMPORAL_ADDRESS is set, ${external.temporalAddress} is used`,
      start: async () => {
        const temporal = await startTemporal({
          processes,
          binary: (await binaries()).server,
          temporalDir: home.temporalDir,
          signingKey: state.signingKey,
          port: ports.temporal,
          httpPort: ports.temporalHttp,
          namespace: plan.namespace,
          searchAttributes: SEARCH_ATTRIBUTES,
          freeInternalPorts: plan.arePortsFree,
        });
        state.temporal = temporal;
        state.pids.temporal = temporal.pid;
        return `${temporal.address}, namespace ${plan.namespace}`;
      },
    },
    {
      name: 'temporal-ui',
      skip: external.temporalUiUrl && `CONVOY_TEMPORAL_UI_URL is set, ${external.temporalUiUrl} is used`,
      start: async () => {
        const [port = 0] = await (plan.arePortsFree ? findFreePorts(1) : preferPorts([8233]));
        const ui = await startTemporalUi({
          processes,
          binary: (await binaries()).uiServer,
          temporalDir: home.temporalDir,
          temporalAddress: state.temporal.address,
          namespace: plan.namespace,
          port,
          publicOrigin: plan.approvalUrl,
        });
        state.uiUrl = ui.url;
        state.pids.temporalUi = ui.pid;
        return 'behind the approval gateway';
      },
    },
    {
      name: 'identity-provider',
      skip: external.issuer && `CONVOY_OIDC_ISSUER is set, ${external.issuer} is used`,
      start: async () => {
        const idp = await startIdentityProvider({
          processes,
          keysDir: home.keysDir,
          port: ports.idp,
          publicUrl: plan.publicUrl,
          approvalUrl: plan.approvalUrl,
          cookieSecretFile: state.secrets.cookieSecretFile,
        });
        state.pids.identityProvider = idp.pid;
        return idp.issuer;
      },
    },
    {
      name: 'simulator',
      skip: plan.routers === 0 ? 'no simulated routers were asked for' : undefined,
      start: async () => {
        state.simulator = await startSimulator({
          processes,
          routers: plan.routers,
          controlPort: ports.simulator,
          firstRestPort: plan.arePortsFree ? 0 : ports.simulatorRest,
          firstSshPort: plan.arePortsFree ? 0 : ports.simulatorSsh,
          stateDir: home.simulatorDir,
          credentials: { username: 'convoy', password: state.secrets.simulatorPassword },
        });
        state.pids.simulator = state.simulator.pid;
        return `${state.simulator.routers.length} routers, control API ${state.simulator.controlUrl}`;
      },
    },
    {
      name: 'migrations',
      start: async () => {
        const applied = await migrate({ url: state.postgresOwnerUrl, serviceRole: roleOf(state.postgresUrl) });
        return applied.length > 0 ? `applied ${applied.join(', ')}` : 'the schema is current';
      },
    },
    { name: 'workers', start: () => addServices(state, 'worker', plan.workers) },
    { name: 'web', start: () => addServices(state, 'web', plan.webs).then((what) => `${plan.publicUrl}, ${what}`) },
    {
      name: 'approval-gateway',
      start: () => addServices(state, 'gateway', 1).then(() => `${plan.approvalUrl}, the Temporal UI behind a login`),
    },
    {
      name: 'fleet',
      skip: plan.routers === 0 ? 'no simulated routers to register' : undefined,
      start: async () => {
        const { simulator, issuer } = state;
        if (!simulator) return 'no routers';
        const { added, known } = await registerFleet({ apiUrl: `${plan.publicUrl}/api/v1`, issuer, simulator });
        return `${added} routers registered${known > 0 ? `, ${known} were known` : ''}`;
      },
    },
  ];
}
