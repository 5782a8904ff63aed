import { z } from 'zod';
import { TIERS } from '../../shared/domain/tier.ts';
import { defineAction, type Action } from '../call/action.ts';
import type { Catalogue } from '../call/catalogue.ts';
import { inputSchemaOf, outputSchemaOf } from '../call/json-schema.ts';
import { routesOf } from './routes.ts';

const JsonSchema = z.record(z.string(), z.unknown());

const Callable = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  toolset: z.string(),
  method: z.string(),
  path: z.string().describe('Below /api/v1; names after ":" are arguments'),
  isTool: z.boolean().describe('Also a tool of the MCP endpoint, under the same name'),
  hints: z.object({ readOnly: z.boolean(), destructive: z.boolean(), idempotent: z.boolean() }),
  roles: z.array(z.string()).describe('One of these is needed'),
  scopes: z.array(z.string()).describe('One of these is needed in the token'),
  isAudited: z.boolean(),
  input: JsonSchema.optional().describe('JSON Schema of the arguments, wherever they are sent'),
  output: JsonSchema.optional().describe('JSON Schema of a good answer'),
});

/** What the caller may call over HTTP, with everything needed to do so. */
export function listOperationsAction(catalogue: () => Catalogue): Action {
  return defineAction({
    name: 'list_operations',
    title: 'List operations',
    description:
      'What you may call, with method, path and schemas. What your role or token does not allow is left out.',
    toolset: 'fleet',
    isCore: false,
    rate: 'read',
    phase: 0,
    roles: TIERS.fundamental.roles,
    scopes: [TIERS.fundamental.scope],
    surfaces: ['http'],
    hints: { readOnly: true, destructive: false, idempotent: true },
    audited: false,
    input: z.strictObject({
      toolset: z.string().max(40).optional().describe('Only of this toolset'),
      schemas: z.boolean().default(true).describe('Whether the schemas are part of the answer'),
    }),
    output: z.object({ operations: z.array(Callable), total: z.int() }),
    target: { on: 'nothing' },
    async dispatch({ input: { toolset, schemas }, principal }) {
      const visible = new Set(catalogue().visibleTo(principal, 'http'));
      const operations = routesOf(catalogue())
        .filter(({ action }) => visible.has(action) && (toolset === undefined || action.toolset === toolset))
        .map(({ method, path, action }) => ({
          name: action.name,
          title: action.title,
          description: action.description,
          toolset: action.toolset,
          method,
          path,
          isTool: action.surfaces.includes('mcp'),
          hints: action.hints,
          roles: [...action.roles],
          scopes: [...action.scopes],
          isAudited: action.audited,
          ...(schemas ? { input: inputSchemaOf(action), output: outputSchemaOf(action) } : {}),
        }));
      return { output: { operations, total: operations.length } };
    },
    summarize: ({ total }) => `${total} operations.`,
  });
}
