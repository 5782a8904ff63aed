import { z } from 'zod';
import { ERROR_CODES } from '../../shared/errors/codes.ts';
import { IDEMPOTENCY_KEY } from '../call/idempotency.ts';
import { inputSchemaOf, outputSchemaOf, type JsonSchema } from '../call/json-schema.ts';
import type { Route } from './routes.ts';

const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  code: z.enum(Object.keys(ERROR_CODES)),
  message: z.string(),
  hint: z.string().optional(),
  retryable: z.boolean(),
  details: z.record(z.string(), z.unknown()).optional(),
  correlationId: z.string(),
});

const Handle = z.object({
  callId: z.string(),
  callStatus: z.literal('working'),
  pollAfterSeconds: z.int(),
});

/** The OpenAPI 3.1 document of the routes, from the same schemas that check the calls. */
export function openApiDocument(
  routes: readonly Route[],
  { publicUrl, issuer }: { publicUrl: string; issuer: string },
): Record<string, unknown> {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(route) };
  }
  const { $schema: _, ...problem } = z.toJSONSchema(Problem);
  const { $schema: __, ...handle } = z.toJSONSchema(Handle);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Convoy',
      version: '1',
      description: 'Durable change control for RouterOS fleets. Nothing here approves a plan; people do.',
    },
    servers: [{ url: new URL('/api/v1', publicUrl).href }],
    security: [{ oidc: [] }],
    paths,
    components: {
      schemas: { Problem: problem, CallHandle: handle },
      securitySchemes: {
        oidc: { type: 'openIdConnect', openIdConnectUrl: `${issuer}/.well-known/openid-configuration` },
      },
    },
  };
}

function operationOf({ method, path, action, status, aliases = {} }: Route): Record<string, unknown> {
  const { name, title, description, scopes } = action;
  const { properties = {}, required, ...rest } = inputSchemaOf(action);
  const isRequired = (argument: string) => Array.isArray(required) && required.includes(argument);
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, argument]) => argument ?? '');
  // The key has a header of its own; as an argument it is for clients that cannot set headers.
  const others = Object.entries(properties).filter(
    ([argument]) => !inPath.includes(argument) && argument !== IDEMPOTENCY_KEY,
  );
  const parameterNames = Object.fromEntries(
    Object.entries(aliases).map(([parameter, argument]) => [argument, parameter]),
  );
  const parameters = [
    ...inPath.map((argument) => ({ name: argument, in: 'path', required: true, schema: properties[argument] })),
    ...(method === 'GET'
      ? others.map(([argument, schema]) => ({
          name: parameterNames[argument] ?? argument,
          in: 'query',
          required: isRequired(argument),
          schema,
        }))
      : [{ name: 'Idempotency-Key', in: 'header', required: false, schema: properties[IDEMPOTENCY_KEY] ?? {} }].filter(
          () => Object.hasOwn(properties, IDEMPOTENCY_KEY),
        )),
  ];
  const body: JsonSchema = {
    ...rest,
    properties: Object.fromEntries(others),
    required: others.map(([argument]) => argument).filter(isRequired),
  };
  return {
    operationId: name,
    summary: title,
    description,
    security: [{ oidc: scopes }],
    parameters,
    ...(method === 'GET' ? {} : { requestBody: { content: { 'application/json': { schema: body } } } }),
    responses: {
      [status]: {
        description: 'Done as asked',
        content: { 'application/json': { schema: outputSchemaOf(action) } },
      },
      202: {
        description: 'Still being carried out; ask at Location',
        headers: { Location: { schema: { type: 'string' } }, 'Retry-After': { schema: { type: 'integer' } } },
        content: { 'application/json': { schema: { $ref: '#/components/schemas/CallHandle' } } },
      },
      default: {
        description: 'Refused or failed; `code` says why',
        content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}
