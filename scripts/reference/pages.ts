import { RolloutOptions } from '../../shared/domain/plan.ts';
import { TIERS, type Tier } from '../../shared/domain/tier.ts';
import { ERROR_CODES } from '../../shared/errors/codes.ts';
import type { Operation } from '../../shared/operations/define-operation.ts';
import { OPERATIONS } from '../../shared/operations/index.ts';
import type { PlanKind } from '../../shared/plans/define-plan.ts';
import { PLAN_KINDS } from '../../shared/plans/index.ts';
import { gatewayConfig, toolConfig, webConfig, workerConfig } from '../../shared/platform/config/processes.ts';
import { VARIABLES, type VariableName } from '../../shared/platform/config/variables.ts';
import { METRICS } from '../../shared/platform/telemetry/metrics.ts';
import { declaredActions } from './declared-actions.ts';
import { code, page, table } from './markdown.ts';
import { policyPage } from './policy-page.ts';
import { callStepsPage } from './call-steps-page.ts';
import { promptsPage } from './prompts-page.ts';
import { resourcesPage } from './resources-page.ts';
import { routesPage } from './routes-page.ts';
import { inputFields, outputFields } from './schema-fields.ts';
import { toolsPage } from './tools-page.ts';

/** The pages of docs/reference by file name. */
export function referencePages(): Record<string, string> {
  const actions = declaredActions();
  return {
    'errors.md': errorsPage(),
    'tools.md': toolsPage(actions),
    'resources.md': resourcesPage(actions),
    'prompts.md': promptsPage(),
    'call-steps.md': callStepsPage(),
    'routes.md': routesPage(actions),
    'operations.md': operationsPage(),
    'plan-kinds.md': planKindsPage(),
    'metrics.md': metricsPage(),
    'configuration.md': configurationPage(),
    'policy.md': policyPage(),
  };
}

function errorsPage(): string {
  const rows = Object.entries(ERROR_CODES).map(([name, row]) => [
    code(name),
    String(row.status),
    row.retryable ? 'yes' : 'no',
    row.public,
  ]);
  return page(
    'Errors',
    'Every refusal carries one of these codes, whichever way the call came: as a problem document of the HTTP API (RFC 9457, with the status below), as an MCP tool result with `isError`, and as the type of a Temporal failure. Beside the code it has `message`, `retryable`, `correlationId`, and where there is more to say `hint` and `details`. *Retryable* means that the same call may succeed later.',
    [table(['Code', 'Status', 'Retryable', 'Meaning'], rows)],
  );
}

function operationsPage(): string {
  return page(
    'Operations',
    'What one router can be asked. Each is an MCP [tool](tools.md) of the same name and a [route](routes.md) of the HTTP API: reads are `GET /api/v1/devices/{deviceId}/operations/{name}`, writes are `POST` to the same path. Beside its own fields every operation takes `deviceId` (id or unique name); those that write take `environment` (refused when the device is in another one), `dryRun`, `comment` and `idempotencyKey` too. Callers page through lists with `cursor` and `nextCursor` in place of `offset` and `nextOffset`.',
    [
      table(
        ['Operation', 'Effect', 'What it does'],
        OPERATIONS.map(({ name, effect, summary }) => [`[${code(name)}](#${name})`, effect, summary]),
      ),
      ...OPERATIONS.map(operationPart),
    ],
  );
}

function operationPart(operation: Operation): string {
  const flags = operation.flag ? [operation.flag] : [];
  return [
    `## ${operation.name}`,
    operation.summary,
    facts(operation.tier, flags, operation.phase, operation.paths),
    '**Input**',
    inputFields(operation.input),
    ...(operation.effect === 'read' ? ['**Output**', outputFields(operation.output)] : []),
    '**Example input**',
    json(operation.example),
  ].join('\n\n');
}

function planKindsPage(): string {
  return page(
    'Plan kinds',
    'Changes that go through a plan: proposed by somebody, approved by somebody else, carried out in waves. Each kind is an MCP tool `plan_{kind}` and a route `POST /api/v1/plans/{kind}`. Beside its own fields every kind takes the devices (`deviceIds` or `selector`, 1 to 500 of one environment), `rollout` and `comment`.',
    [
      ...PLAN_KINDS.map(planKindPart),
      ['## rollout', 'How a plan is carried out; the same for every kind.', inputFields(RolloutOptions)].join('\n\n'),
    ],
  );
}

function planKindPart(kind: PlanKind): string {
  return [
    `## ${kind.kind}`,
    kind.summary,
    facts('professional', kind.flag ? [kind.flag] : [], kind.phase, kind.paths),
    '**Input**',
    inputFields(kind.input),
    '**Example input**',
    json(kind.example),
  ].join('\n\n');
}

function facts(tier: Tier, extraFlags: readonly string[], phase: number, menus: readonly string[]): string {
  const { scope, roles, flag } = TIERS[tier];
  const flags = [...(flag === null ? [] : [flag]), ...extraFlags];
  return [
    `- Needs the scope ${code(scope)} and one of the roles ${roles.map(code).join(', ')}.`,
    ...(flags.length > 0 ? [`- The device must have ${flags.map(code).join(' and ')}.`] : []),
    `- Exists from phase ${phase} on.`,
    `- Touches ${menus.map(code).join(', ')}.`,
  ].join('\n');
}

function metricsPage(): string {
  const rows = Object.values(METRICS).map((row) => [
    code(row.name),
    row.type,
    row.labels.map(code).join(', '),
    row.help,
  ]);
  return page(
    'Metrics',
    'Served by every process at `/metrics` of its metrics port (`CONVOY_METRICS_PORT`), in the Prometheus text format, beside the usual metrics of a Node process. No label ever holds a device, plan, person or address. Histograms of times are in seconds.',
    [table(['Metric', 'Type', 'Labels', 'Meaning'], rows)],
  );
}

const PROCESSES = { web: webConfig, gateway: gatewayConfig, worker: workerConfig, 'command line': toolConfig } as const;

function configurationPage(): string {
  const names = Object.keys(VARIABLES) as VariableName[];
  return page(
    'Configuration',
    'Environment variables. A process refuses to start on a value that is not allowed, on a missing one without a default, and on a `CONVOY_` variable that does not exist. An empty value counts as not set. Exactly one of the three `CONVOY_MASTER_KEY…` variables must be set for the web process and the worker. The command line demands none: what it is not given it takes from the running stack.',
    [
      table(
        ['Variable', 'What it is', 'Allowed', 'Default', 'Read by'],
        names.map((name) => [
          code(name),
          VARIABLES[name].about,
          VARIABLES[name].allowed,
          isSecret(name) ? 'none; never shown' : defaultOf(name),
          readersOf(name),
        ]),
      ),
    ],
  );
}

function defaultOf(name: VariableName): string {
  const result = VARIABLES[name].schema.safeParse(undefined);
  if (!result.success) return 'none; required';
  return result.data === undefined ? 'not set' : code(String(result.data));
}

function isSecret(name: VariableName): boolean {
  return 'secret' in VARIABLES[name];
}

function readersOf(name: VariableName): string {
  const readers = Object.entries(PROCESSES).filter(([, { variables }]) => variables.includes(name));
  return readers.length === 0 ? 'launcher' : readers.map(([process]) => process).join(', ');
}

function json(value: unknown): string {
  return `\`\`\`json\n${JSON.stringify(value, null, 2)}\n\`\`\``;
}
