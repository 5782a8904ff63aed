import type { Operation } from '../../shared/operations/define-operation.ts';
import { TOOLSETS, type Toolset } from '../../shared/operations/toolsets.ts';
import type { PlanKind } from '../../shared/plans/define-plan.ts';
import type { Action } from '../call/action.ts';
import { inputSchemaOf } from '../call/json-schema.ts';
import type { Prompt } from '../prompts/define-prompt.ts';

/** A page about the platform itself, made from its own declarations. */
export interface Document {
  /** `toolset/dns`, `operation/get_dns_status`, `plan-kind/dns_ntp`, `prompt/explain_plan`, `change-control`. */
  id: string;
  title: string;
  text: string;
}

export interface DocumentSources {
  /** What can be called in this deployment; asked for when the first page is wanted. */
  actions: () => readonly Action[];
  operations: readonly Operation[];
  planKinds: readonly PlanKind[];
  prompts: readonly Prompt[];
}

/** Every page by its id, in a fixed order; made when the first one is wanted. */
export type Documents = () => ReadonlyMap<string, Document>;

export function createDocuments(sources: DocumentSources): Documents {
  let made: ReadonlyMap<string, Document> | null = null;
  return () => (made ??= new Map(documentsOf(sources).map((document) => [document.id, document])));
}

function documentsOf({ actions, operations, planKinds, prompts }: DocumentSources): Document[] {
  const byName = new Map(actions().map((action) => [action.name, action]));
  return [
    CHANGE_CONTROL,
    ...(Object.keys(TOOLSETS) as Toolset[]).map((toolset) => aboutToolset(toolset, [...byName.values()])),
    ...prompts.map(aboutPrompt),
    ...planKinds.flatMap((kind) => aboutAction(kind.kind, 'plan-kind', kind.paths, byName.get(`plan_${kind.kind}`))),
    ...operations.flatMap(({ name, paths }) => aboutAction(name, 'operation', paths, byName.get(name))),
  ];
}

const CHANGE_CONTROL: Document = {
  id: 'change-control',
  title: 'How changes are proposed, approved and carried out',
  text: `A change to one router is a write tool: it reads what is there, writes, reads back over a new connection, and takes back
what failed its checks. With dryRun it only shows what would change.

A change to several routers is a plan. A plan_ tool reads every device and answers with the diff of each, the risk with its
reasons, and a digest; nothing is written. The plan then waits for people. They sign in at its link (links.console), see the
diff, and approve or reject. A decision counts when it comes from an approver who did not ask for the plan, names the plan's
digest, and is in time; high risk takes two. No tool and no model can decide.

An approved plan is carried out by a workflow: a canary first, then batches. It pauses by itself when more devices fail than
the plan tolerates. A device that fails its checks is put back. pause_rollout, resume_rollout, abort_rollout and
rollback_plan steer it; wait_for_plan follows it. Everything is recorded in the audit trail.`,
};

function aboutToolset(toolset: Toolset, actions: readonly Action[]): Document {
  const tools = actions.filter((action) => action.toolset === toolset && action.surfaces.includes('mcp'));
  return {
    id: `toolset/${toolset}`,
    title: `Toolset ${toolset}`,
    text: [`${TOOLSETS[toolset]}.`, '', ...tools.map(({ name, description }) => `${name}: ${description}`)].join('\n'),
  };
}

function aboutPrompt({ name, title, description, arguments: given, tools }: Prompt): Document {
  return {
    id: `prompt/${name}`,
    title: `Runbook: ${title}`,
    text: [
      description,
      `It is the prompt ${name}${given.length === 0 ? '' : ` with the arguments ${given.map((one) => one.name).join(', ')}`}.`,
      `Tools: ${tools.join(', ')}.`,
    ].join('\n'),
  };
}

/** Empty when it does not exist in this deployment. */
function aboutAction(
  id: string,
  kind: 'operation' | 'plan-kind',
  paths: readonly string[],
  action: Action | undefined,
): Document[] {
  if (action === undefined) return [];
  const { name, title, description, roles, scopes, hints, target } = action;
  const flags = target.on === 'device' || target.on === 'fleet' ? target.flags : [];
  const { properties = {}, required = [] } = inputSchemaOf(action);
  const given = Object.entries(properties).map(([argument, schema]) => {
    const need = Array.isArray(required) && required.includes(argument) ? ' (required)' : '';
    return `- ${argument}${need}: ${typeof schema['description'] === 'string' ? schema['description'] : 'see its schema'}`;
  });
  return [
    {
      id: `${kind}/${id}`,
      title: `${title} (${name})`,
      text: [
        `${name}: ${description}`,
        hints.readOnly ? 'It only reads.' : 'It changes something.',
        `Roles: ${roles.join(', ')}. Scope: ${scopes.join(' or ')}.`,
        ...(flags.length === 0 ? [] : [`The device needs the flags ${flags.join(', ')}.`]),
        `Menus of the router: ${paths.join(', ') || 'none'}.`,
        'Arguments:',
        ...given,
      ].join('\n'),
    },
  ];
}
