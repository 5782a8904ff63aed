import { IDEMPOTENCY_KEY } from '../call/idempotency.ts';
import { inputSchemaOf, outputSchemaOf, type JsonSchema } from '../call/json-schema.ts';
import { refusalsOf } from './openapi-problems.ts';
import type { Route } from './routes.ts';

type Described = Record<string, unknown>;

/** One operation of the document, from the schemas that check the call. */
export function describedOperation(route: Route): Described {
  const { method, action, status } = route;
  const { name, title, description, scopes, roles, toolset, isVersioned = false } = action;
  return {
    operationId: name,
    tags: [toolset],
    summary: title,
    description,
    // Any one of the scopes is enough.
    security: scopes.map((scope) => ({ oidc: [scope] })),
    'x-roles': roles,
    parameters: [...pathParameters(route), ...(method === 'GET' ? queryParameters(route) : []), ...headers(route)],
    ...(method === 'GET' ? {} : { requestBody: requestBody(route) }),
    responses: {
      [status]: {
        description: status === 201 ? 'Made as asked' : 'Done as asked',
        headers: answerHeaders(route),
        content: answerContent(route),
      },
      202: { $ref: '#/components/responses/Working' },
      ...(isVersioned && method === 'GET' ? { 304: { $ref: '#/components/responses/NotModified' } } : {}),
      ...refusalsOf({ method, action }),
    },
  };
}

function answerContent({ action, streams, text }: Route): Described {
  if (text !== undefined) return textContent([text.type]);
  if (streams === undefined) {
    return { 'application/json': { schema: { $ref: `#/components/schemas/${outputName(action.name)}` } } };
  }
  return textContent(streams);
}

function textContent(types: readonly string[]): Described {
  return Object.fromEntries(types.map((type) => [type.split(';')[0] ?? type, { schema: { type: 'string' } }]));
}

/** The schemas of good answers, by name, for `components.schemas`. */
export function answerSchemas(routes: readonly Route[]): Record<string, JsonSchema> {
  return Object.fromEntries(routes.map(({ action }) => [outputName(action.name), outputSchemaOf(action)]));
}

/** `get_device` answers `GetDeviceAnswer`. */
function outputName(action: string): string {
  const words = action.split('_').map((word) => `${word.slice(0, 1).toUpperCase()}${word.slice(1)}`);
  return `${words.join('')}Answer`;
}

export function namesInPath(path: string): string[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, argument]) => argument ?? '');
}

function pathParameters({ path, action }: Route): Described[] {
  const { properties = {} } = inputSchemaOf(action);
  return namesInPath(path).map((name) => parameter('path', name, properties[name] ?? {}, true));
}

function queryParameters(route: Route): Described[] {
  const { required } = inputSchemaOf(route.action);
  const names = new Map(Object.entries(route.aliases ?? {}).map(([name, argument]) => [argument, name]));
  return (
    otherArguments(route)
      // An object has no place in a query string; its members have parameters of their own.
      .filter(([, { type }]) => type !== 'object')
      .map(([argument, schema]) =>
        parameter('query', names.get(argument) ?? argument, schema, isIn(required, argument)),
      )
  );
}

function headers({ method, action }: Route): Described[] {
  const { isVersioned = false } = action;
  const { properties = {} } = inputSchemaOf(action);
  const key = properties[IDEMPOTENCY_KEY];
  return [
    ...(isVersioned ? [{ $ref: '#/components/parameters/If-Match' }] : []),
    ...(isVersioned && method === 'GET' ? [{ $ref: '#/components/parameters/If-None-Match' }] : []),
    ...(key === undefined ? [] : [parameter('header', 'Idempotency-Key', key, false)]),
  ];
}

function requestBody(route: Route): Described {
  const { properties: _, required, ...rest } = inputSchemaOf(route.action);
  const others = otherArguments(route);
  const needed = others.map(([argument]) => argument).filter((argument) => isIn(required, argument));
  const schema = {
    ...rest,
    properties: Object.fromEntries(others),
    ...(needed.length === 0 ? {} : { required: needed }),
  };
  return { required: needed.length > 0, content: { 'application/json': { schema } } };
}

/** What is neither in the path nor in a header. */
function otherArguments({ path, action }: Route): [string, JsonSchema][] {
  const elsewhere = [...namesInPath(path), IDEMPOTENCY_KEY];
  return Object.entries(inputSchemaOf(action).properties ?? {}).filter(([argument]) => !elsewhere.includes(argument));
}

function answerHeaders({ method, action, location }: Route): Described {
  const names = ['X-Correlation-Id'];
  if (action.isVersioned) names.push('ETag');
  if (location !== undefined) names.push('Location');
  if (method === 'GET' && Object.hasOwn(outputSchemaOf(action).properties ?? {}, 'nextCursor')) names.push('Link');
  if (method !== 'GET') names.push('Idempotent-Replayed');
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}

function parameter(place: string, name: string, given: JsonSchema, required: boolean): Described {
  const { description, ...schema } = given;
  return { name, in: place, required, ...(description === undefined ? {} : { description }), schema };
}

function isIn(required: unknown, argument: string): boolean {
  return Array.isArray(required) && required.includes(argument);
}
