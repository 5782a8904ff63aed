/** What the files of a folder may import besides that folder itself. */
export interface ImportRule {
  folder: string;
  /** Other files of the project, by the beginning of their path. */
  ours: readonly string[];
  /** Packages and Node built-ins, by pattern. */
  packages: RegExp;
}

const ZOD = /^zod$/;
const ANY = /./;

/** Who may import whom, as CONTRIBUTING.md tells it. The longest folder that fits a file holds. */
export const IMPORT_RULES: readonly ImportRule[] = [
  { folder: 'shared/errors/', ours: [], packages: ZOD },
  { folder: 'shared/domain/', ours: ['shared/errors/'], packages: ZOD },
  { folder: 'shared/routeros/', ours: ['shared/errors/', 'shared/domain/'], packages: ZOD },
  { folder: 'shared/operations/', ours: ['shared/errors/', 'shared/domain/', 'shared/routeros/'], packages: ZOD },
  {
    folder: 'shared/plans/',
    ours: ['shared/errors/', 'shared/domain/', 'shared/routeros/', 'shared/operations/'],
    packages: ZOD,
  },
  {
    folder: 'shared/contract/',
    ours: ['shared/errors/', 'shared/domain/', 'shared/plans/'],
    packages: /^(zod|@temporalio\/(workflow|common))$/,
  },
  { folder: 'shared/platform/', ours: ['shared/'], packages: ANY },
  {
    folder: 'workflows/',
    ours: ['shared/errors/', 'shared/domain/', 'shared/plans/', 'shared/contract/'],
    packages: /^@temporalio\/(workflow|common)$/,
  },
  { folder: 'activities/', ours: ['shared/'], packages: ANY },
  { folder: 'worker/', ours: ['activities/', 'shared/'], packages: ANY },
  { folder: 'mcp-server/', ours: ['shared/'], packages: ANY },
  { folder: 'simulator/', ours: [], packages: /^(node:.+|zod|selfsigned|ssh2)$/ },
  { folder: 'cli/', ours: ['shared/', 'simulator/', 'scripts/'], packages: ANY },
  { folder: 'scripts/', ours: ['shared/', 'cli/stack/', 'mcp-server/'], packages: ANY },
  // Programs of somebody who uses the platform: they know its addresses and nothing of its inside.
  { folder: 'examples/', ours: [], packages: ANY },
  { folder: 'deploy/', ours: ['shared/', 'cli/stack/'], packages: ANY },
  { folder: 'test/', ours: [''], packages: ANY },
];

/** Packages that only some places may know, so that they can be exchanged there; tests may know all. */
export const PACKAGE_HOMES: readonly { name: RegExp; homes: readonly string[] }[] = [
  { name: /^@modelcontextprotocol\/(server|node)/, homes: ['mcp-server/mcp/'] },
  { name: /^@modelcontextprotocol\/(sdk|client)/, homes: ['cli/tour/', 'examples/'] },
  { name: /^@mikro-orm\//, homes: ['shared/platform/persistence/', 'cli/stack/postgres-admin.ts'] },
  { name: /^@temporalio\/worker/, homes: ['worker/'] },
  { name: /^@temporalio\/workflow/, homes: ['workflows/', 'shared/contract/'] },
  { name: /^@temporalio\/activity/, homes: ['activities/', 'worker/'] },
  // Who may open a connection: to a router, to the Temporal frontend, to an endpoint, and from the gateway to the Temporal UI.
  {
    name: /^undici/,
    homes: ['activities/routeros/', 'shared/platform/temporal/', 'shared/platform/webhooks/', 'mcp-server/gateway/'],
  },
  { name: /^ssh2/, homes: ['activities/routeros/', 'simulator/'] },
  { name: /^(koa|@koa\/)/, homes: ['mcp-server/'] },
  { name: /^@opentelemetry\//, homes: ['shared/platform/telemetry/'] },
  { name: /^oidc-provider/, homes: ['cli/stack/idp/'] },
];
