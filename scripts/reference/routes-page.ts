import type { Action } from '../../mcp-server/call/action.ts';
import { createCatalogue } from '../../mcp-server/call/catalogue.ts';
import { routesOf, type Route } from '../../mcp-server/http/routes.ts';
import { Role } from '../../shared/domain/principal.ts';
import { code, page, table } from './markdown.ts';
import { inputFields, outputFields } from './schema-fields.ts';

/** `routes.md`: the routes of the HTTP API, and the fields of what has no tool. */
export function routesPage(actions: readonly Action[]): string {
  const routes = routesOf(createCatalogue(actions, 5));
  const rows = routes.flatMap((route) => [
    rowOf(route),
    ...(route.action.name === 'get_plan' ? [eventsOf(route)] : []),
  ]);
  return page(
    'HTTP API',
    'The same calls as the tools, by path, and those that are for people only. Fields in the path are left out of the body; a `GET` takes the others as query parameters, repeated for lists. Refusals are problem documents (RFC 9457) with a [code](errors.md). The OpenAPI document of a deployment is at `/api/v1/openapi.json`.',
    [
      table(['Route', 'Action', 'Status', 'Roles', 'Scope'], rows),
      ...routes.filter(({ action }) => !action.surfaces.includes('mcp')).map(routePart),
    ],
  );
}

function rowOf({ method, path, action, status }: Route): string[] {
  return [
    code(`${method} /api/v1${path.replaceAll(/:(\w+)/g, '{$1}')}`),
    action.surfaces.includes('mcp')
      ? `[${code(action.name)}](tools.md#${action.name})`
      : `[${code(action.name)}](#${action.name})`,
    String(status),
    action.roles.length === Role.options.length ? 'all' : action.roles.join(', '),
    action.scopes.map(code).join(' or '),
  ];
}

/** The events of a plan are no call with one answer, and so no action; who may read the plan may follow it. */
function eventsOf(getPlan: Route): string[] {
  const [, , ...others] = rowOf(getPlan);
  return [code('GET /api/v1/plans/{planId}/events'), 'server-sent events of the plan', ...others];
}

function routePart({ action, aliases = {} }: Route): string {
  const { name, title, description, input, output } = action;
  const names = Object.entries(aliases).map(([parameter, field]) => `${code(parameter)} for ${code(field)}`);
  return [
    `## ${name}`,
    `**${title}.** ${description}`,
    ...(names.length > 0 ? [`Query parameters with another name: ${names.join(', ')}.`] : []),
    '**Input**',
    inputFields(input),
    '**Output**',
    outputFields(output),
  ].join('\n\n');
}
