import { pathToFileURL } from 'node:url';
import { stringify } from 'yaml';
import { TEMPORAL_AUDIENCE } from '../../shared/platform/temporal/temporal-token.ts';

/** Loopback ports of the Temporal server; only `grpc` and `http` matter to others. */
export interface TemporalPorts {
  grpc: number;
  http: number;
  internalGrpc: number;
  internalHttp: number;
  history: number;
  matching: number;
  worker: number;
  membership: readonly [number, number, number, number, number];
}

/** Services of one server process; `internal-frontend` is what the server's own workers use past the authorizer. */
export const temporalServices = ['frontend', 'internal-frontend', 'history', 'matching', 'worker'] as const;

/** The server's configuration file: SQLite store, JWT authorizer with the platform's key, loopback only. */
export function serverConfig(options: {
  ports: TemporalPorts;
  databaseFile: string;
  jwksFile: string;
  dynamicConfigFile: string;
}): string {
  const { ports } = options;
  const [frontend, internalFrontend, history, matching, worker] = ports.membership;
  const rpc = (grpcPort: number, membershipPort: number, httpPort?: number): object => ({
    rpc: { grpcPort, membershipPort, bindOnLocalHost: true, ...(httpPort === undefined ? {} : { httpPort }) },
  });
  const disabled = { history: { state: 'disabled' }, visibility: { state: 'disabled' } };
  return stringify({
    log: { stdout: true, level: 'warn' },
    persistence: {
      defaultStore: 'main',
      visibilityStore: 'main',
      // Fixed for the life of the store: more shards cost memory and timers, fewer cost parallel writes.
      numHistoryShards: 4,
      datastores: { main: { sql: sqliteStore(options.databaseFile) } },
    },
    global: {
      membership: { maxJoinDuration: '30s', broadcastAddress: '127.0.0.1' },
      authorization: {
        authorizer: 'default',
        claimMapper: 'default',
        permissionsClaimName: 'permissions',
        audience: TEMPORAL_AUDIENCE,
        jwtKeyProvider: { keySourceURIs: [pathToFileURL(options.jwksFile).href], refreshInterval: '1m' },
      },
    },
    services: {
      frontend: rpc(ports.grpc, frontend, ports.http),
      'internal-frontend': rpc(ports.internalGrpc, internalFrontend, ports.internalHttp),
      history: rpc(ports.history, history),
      matching: rpc(ports.matching, matching),
      worker: rpc(ports.worker, worker),
    },
    clusterMetadata: {
      enableGlobalNamespace: false,
      failoverVersionIncrement: 10,
      masterClusterName: 'active',
      currentClusterName: 'active',
      clusterInformation: {
        active: {
          enabled: true,
          initialFailoverVersion: 1,
          rpcName: 'frontend',
          rpcAddress: `127.0.0.1:${ports.grpc}`,
        },
      },
    },
    dcRedirectionPolicy: { policy: 'noop' },
    archival: disabled,
    namespaceDefaults: { archival: disabled },
    dynamicConfigClient: { filepath: options.dynamicConfigFile, pollInterval: '10s' },
  });
}

/** Workflows of a namespace are told to go on as new ones after so many events, instead of after the server's 4,096. */
export interface ShortHistories {
  namespace: string;
  events: number;
}

/** Limits and switches that the design needs changed from the server's defaults (docs/adr on lanes and approvals). */
export function dynamicConfig(shortHistories?: ShortHistories): string {
  const values: Record<string, unknown> = {
    // Approvals stand on the principal that the server stamps on events.
    'frontend.enablePrincipalPropagation': true,
    // One partition a queue: limits of a device's queue hold exactly, and a poller sees every task at once.
    'matching.numTaskqueueReadPartitions': 1,
    'matching.numTaskqueueWritePartitions': 1,
    // What came first is handed out first: by default a lease that met no poller waits seconds while newer ones pass it.
    'matching.backlogNegligibleAge': '100ms',
    'frontend.namespaceCount': 5_000,
    'frontend.namespaceRPS.visibility': 50,
    // The fast door dispatches through these; their defaults are below what it needs.
    'frontend.rps': 20_000,
    'frontend.namespaceRPS': 20_000,
    'matching.rps': 20_000,
    'matching.namespaceRPS': 20_000,
    'metrics.breakdownByTaskQueue': false,
    // A fresh namespace and its search attributes are usable at once instead of after seconds to a minute.
    'system.namespaceCacheRefreshInterval': '250ms',
    'system.forceSearchAttributesCacheRefreshOnRead': true,
  };
  const settings: Record<string, object[]> = {};
  for (const [name, value] of Object.entries(values)) settings[name] = [{ value }];
  if (shortHistories) {
    const { namespace, events } = shortHistories;
    settings['limit.historyCount.suggestContinueAsNew'] = [{ value: events, constraints: { namespace } }];
  }
  return stringify(settings);
}

function sqliteStore(databaseFile: string): object {
  return {
    pluginName: 'sqlite',
    databaseName: databaseFile,
    connectAddr: 'localhost',
    connectProtocol: 'tcp',
    connectAttributes: {
      mode: 'rwc',
      setup: 'true',
      journal_mode: 'wal',
      // With a write-ahead log, NORMAL loses nothing when the process is killed (sqlite.org/pragma.html#pragma_synchronous).
      synchronous: '1',
      busy_timeout: '10000',
    },
    maxConns: 1,
    maxIdleConns: 1,
  };
}
