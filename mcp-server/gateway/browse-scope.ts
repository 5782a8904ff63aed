import type { DeviceStore } from '../../shared/platform/persistence/stores/device-store.ts';
import type { PlanStore } from '../../shared/platform/persistence/stores/plan-store.ts';
import { WORKFLOW_QUEUE } from '../../shared/contract/task-queues.ts';
import { rolesOnFleet, type Principal } from '../../shared/domain/principal.ts';
import { AppError } from '../../shared/errors/app-error.ts';
import { resolvePlan } from '../call/resolve-plan.ts';

/** What a request for reading is about. */
export type Browsed =
  /** The UI's own files, which hold nothing of the fleet. */
  | { of: 'page' }
  /** Facts about the Temporal server itself. */
  | { of: 'server' }
  /** Facts about our namespace in which no device shows. */
  | { of: 'namespace' }
  /** One plan, its rollout or its rollback. */
  | { of: 'plan'; planId: string }
  /** Lists, other workflows, and whatever else the API has. */
  | { of: 'anything' }
  | { of: 'foreign-namespace' };

const SERVER_PATHS = new Set(['settings', 'cluster-info', 'system-info', 'namespaces', 'nexus/endpoints']);
const PLAN_ID = 'pln_[0-9A-HJKMNP-TV-Z]{26}';
const PLAN_WORKFLOW = new RegExp(
  `^workflows/(?:plan|rollout|rollback)%2[Ff](${PLAN_ID})(?:/history|/history-reverse|/query/[A-Za-z0-9_]+)?$`,
);
/** The searches a plan's page makes: for its current run, and for the workflows below it. */
const PLAN_SEARCH = new RegExp(
  `^(?:WorkflowId="plan/(${PLAN_ID})"|(Root|Parent)WorkflowId = "plan/(${PLAN_ID})" AND \\2RunId = "[0-9a-f-]{36}"` +
    '(?: GROUP BY ExecutionStatus)?)$',
);
/** Parameters that could name another workflow than the path does. */
const WORKFLOW_PARAMETER = /workflow_?id/i;

/** Looks at the raw address: what it means to the server behind must be exactly what was looked at here. */
export function browsedBy(url: string, namespace: string): Browsed {
  const end = url.includes('?') ? url.indexOf('?') : url.length;
  const [path, search] = [url.slice(0, end), url.slice(end + 1)];
  if (!path.startsWith('/api/')) return { of: 'page' };
  const rest = path.replace(/^\/api\/v1\//, '');
  if (SERVER_PATHS.has(rest)) return { of: 'server' };
  const named = /^namespaces\/([^/]*)(?:\/(.*))?$/.exec(rest);
  if (named && named[1] !== namespace) return { of: 'foreign-namespace' };
  return named ? inNamespace(named[2] ?? '', new URLSearchParams(search)) : { of: 'anything' };
}

/**
 * Whoever may use every device may read all of our namespace. Others read the plans whose devices are all theirs, as
 * everywhere else; lists cannot be cut down to that, so they are refused. Fails with FORBIDDEN or PLAN_NOT_FOUND.
 */
export async function refuseOutOfScope(
  stores: { plans: Pick<PlanStore, 'get'>; devices: Pick<DeviceStore, 'getMany'> },
  person: Principal,
  browsed: Browsed,
): Promise<void> {
  if (browsed.of === 'foreign-namespace') {
    throw new AppError('FORBIDDEN', { message: "The approval gateway shows Convoy's own namespace only." });
  }
  if (rolesOnFleet(person).length > 0) return;
  if (browsed.of === 'plan') await resolvePlan(stores, person, browsed.planId);
  if (browsed.of !== 'anything') return;
  throw new AppError('FORBIDDEN', {
    message: 'You may use some devices only, so you see the pages of plans about those devices and no lists.',
    hint: 'Run "convoy plan list" for your plans and open the link of one of them.',
  });
}

function inNamespace(path: string, parameters: URLSearchParams): Browsed {
  if ([...parameters.keys()].some((name) => WORKFLOW_PARAMETER.test(name))) return { of: 'anything' };
  if (['', 'search-attributes', `task-queues/${WORKFLOW_QUEUE}`].includes(path)) return { of: 'namespace' };
  const queries = parameters.getAll('query');
  const query = queries.length === 1 ? (queries[0] ?? '') : '';
  if (path === 'worker-count' && query === `TaskQueue="${WORKFLOW_QUEUE}"`) return { of: 'namespace' };
  const [, planId] = PLAN_WORKFLOW.exec(path) ?? [];
  if (planId !== undefined) return { of: 'plan', planId };
  const searched = path === 'workflows' || path === 'workflow-count' ? PLAN_SEARCH.exec(query) : null;
  const found = searched?.[1] ?? searched?.[3];
  return found === undefined ? { of: 'anything' } : { of: 'plan', planId: found };
}
