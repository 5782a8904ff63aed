import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Record<string, unknown>;
}

interface Response {
  headers?: Record<string, unknown>;
  content?: Record<string, { schema: Record<string, unknown> }>;
}

interface Operation {
  operationId: string;
  parameters: (Parameter | { $ref: string })[];
  requestBody?: { required: boolean; content: Record<string, { schema: Record<string, unknown> }> };
  responses: Record<string, Response | { $ref: string }>;
}

interface Document {
  servers: { url: string }[];
  paths: Record<string, Record<string, Operation>>;
  [member: string]: unknown;
}

export interface Sent {
  /** By the names the document gives the parameters, wherever they are sent. */
  parameters?: Record<string, string | number | readonly string[]>;
  body?: Record<string, unknown>;
}

export interface Received {
  status: number;
  headers: Headers;
  body: Record<string, unknown>;
}

export type DocumentClient = Record<string, (sent?: Sent) => Promise<Received>>;

/**
 * A client made from an OpenAPI document and nothing else: one function an operation, by its id. What is sent must be what
 * the document describes, and so must whatever is answered: status, headers, media type and body.
 */
export async function clientFromDocument(url: string, token: string): Promise<DocumentClient> {
  const document = (await (await fetch(url)).json()) as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema(document, 'document');
  const compiled = new Map<string, ValidateFunction>();
  const validator = (pointer: string): ValidateFunction => {
    const known = compiled.get(pointer) ?? ajv.compile({ $ref: `document#${pointer}` });
    compiled.set(pointer, known);
    return known;
  };
  const resolve = <T>(given: T | { $ref: string }, pointer: string): { value: T; pointer: string } => {
    if (given === null || typeof given !== 'object' || !('$ref' in given)) return { value: given, pointer };
    const at = given.$ref.slice(1);
    const value = at
      .slice(1)
      .split('/')
      .reduce<unknown>((inside, key) => (inside as Record<string, unknown>)[key], document);
    return { value: value as T, pointer: at };
  };
  const demand = (pointer: string, value: unknown, what: string): void => {
    const validate = validator(pointer);
    expect([what, validate(value), validate.errors ?? []]).toEqual([what, true, []]);
  };

  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  return Object.fromEntries(
    operations.map(({ path, method, operation }) => {
      const here = `/paths/${escaped(path)}/${method}`;
      const call = async ({ parameters = {}, body }: Sent = {}): Promise<Received> => {
        const described = operation.parameters.map((one, index) => resolve(one, `${here}/parameters/${index}`));
        const names = described.map(({ value }) => value.name);
        expect(names).toEqual(expect.arrayContaining(Object.keys(parameters)));
        const request = new URL(`${document.servers[0]?.url}${path}`);
        const headers = new Headers({ authorization: `Bearer ${token}` });
        for (const { value: parameter, pointer } of described) {
          const given = parameters[parameter.name];
          if (given === undefined) {
            expect([parameter.name, parameter.required ?? false]).toEqual([parameter.name, false]);
            continue;
          }
          demand(`${pointer}/schema`, given, parameter.name);
          place(request, headers, parameter, given);
        }
        if (body !== undefined) {
          demand(
            `${here}/requestBody/content/${escaped('application/json')}/schema`,
            body,
            `${operation.operationId} body`,
          );
          headers.set('content-type', 'application/json');
        }
        const response = await fetch(request, {
          method: method.toUpperCase(),
          headers,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const { status } = response;
        expect([operation.operationId, Object.keys(operation.responses)]).toEqual([
          operation.operationId,
          expect.arrayContaining([String(status)]),
        ]);
        const answer = resolve(operation.responses[status]!, `${here}/responses/${status}`);
        const text = await response.text();
        if (answer.value.content === undefined) {
          expect(text).toBe('');
          return { status, headers: response.headers, body: {} };
        }
        const type = response.headers.get('content-type')?.split(';')[0] ?? '';
        expect(Object.keys(answer.value.content)).toContain(type);
        const received = JSON.parse(text) as Record<string, unknown>;
        demand(`${answer.pointer}/content/${escaped(type)}/schema`, received, `${operation.operationId} ${status}`);
        for (const name of ['etag', 'link', 'location', 'retry-after', 'www-authenticate', 'x-correlation-id']) {
          const isDescribed = Object.keys(answer.value.headers ?? {}).some((one) => one.toLowerCase() === name);
          if (response.headers.has(name))
            expect([operation.operationId, name, isDescribed]).toEqual([operation.operationId, name, true]);
        }
        return { status, headers: response.headers, body: received };
      };
      return [operation.operationId, call];
    }),
  );
}

function place(request: URL, headers: Headers, { name, in: where }: Parameter, given: unknown): void {
  const texts = [given].flat().map(String);
  if (where === 'header') headers.set(name, texts.join(', '));
  else if (where === 'query') for (const text of texts) request.searchParams.append(name, text);
  else request.pathname = request.pathname.replace(encodeURI(`{${name}}`), encodeURIComponent(texts.join(',')));
}

/** A key as a part of a JSON pointer in a URL fragment. */
function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}
