import {
  ProtocolError,
  ProtocolErrorCode,
  ResourceNotFoundError,
  type ListResourcesResult,
  type ListResourceTemplatesResult,
  type Server,
} from '@modelcontextprotocol/server';
import { toErrorBody } from '../../../shared/errors/app-error.ts';
import type { Principal } from '../../../shared/domain/principal.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';
import type { Caller } from '../../call/answer-call.ts';
import { lacksRole, lacksScope } from '../../call/authorize.ts';
import { redactOutput } from '../../call/redact-output.ts';
import { findResource, isTemplate, type Resource } from '../../resources/define-resource.ts';
import { RESOURCES } from '../../resources/index.ts';
import { readResource } from '../../resources/read-resource.ts';
import type { RequestFacts } from '../request-facts.ts';

/** `resources/list`, `resources/templates/list` and `resources/read`. The lists never name single devices or plans. */
export function serveResources(server: Server, caller: Caller, facts: RequestFacts): void {
  server.setRequestHandler('resources/list', (): ListResourcesResult => {
    const fixed = visibleResources(caller, facts.principal).filter((resource) => !isTemplate(resource));
    return { resources: fixed.map((resource) => ({ ...describe(resource), uri: resource.uri })) };
  });
  server.setRequestHandler('resources/templates/list', (): ListResourceTemplatesResult => {
    const templates = visibleResources(caller, facts.principal).filter(isTemplate);
    return { resourceTemplates: templates.map((resource) => ({ ...describe(resource), uriTemplate: resource.uri })) };
  });
  server.setRequestHandler('resources/read', async ({ params: { uri } }) => {
    const address = findResource(visibleResources(caller, facts.principal), uri);
    if (address === null) throw new ResourceNotFoundError(uri, NOT_FOUND);
    try {
      const { text, mimeType, meta, ttlMs } = await readResource(caller, { ...facts, uri, address });
      return { contents: [{ uri, mimeType, text, _meta: meta }], ttlMs, cacheScope: 'private' as const };
    } catch (error) {
      throw protocolError(error, { uri, hasCursor: address.cursor !== null, correlationId: facts.correlationId });
    }
  });
}

/** Those whose action the principal may call, as the list of tools has it, and that are not for others. */
export function visibleResources({ catalogue }: Pick<Caller, 'catalogue'>, principal: Principal): Resource[] {
  return RESOURCES.filter(({ action: name, roles }) => {
    if (roles !== undefined && !roles.some((role) => principal.roles.includes(role))) return false;
    const action = catalogue.find(name, 'context');
    return action !== null && !lacksRole(action, principal) && !lacksScope(action, principal);
  });
}

function describe({ name, title, description, mimeType }: Resource) {
  return { name, title, description, mimeType };
}

const NOT_FOUND = 'Resource not found';

/** Codes by which one could tell what exists from what is only out of reach. */
const HIDDEN: readonly ErrorCode[] = [
  'DEVICE_NOT_FOUND',
  'PLAN_NOT_FOUND',
  'SNAPSHOT_NOT_FOUND',
  'NOT_FOUND',
  'FORBIDDEN',
  'INSUFFICIENT_SCOPE',
];

/**
 * What does not exist, is out of the caller's scope, or has no such id, is not found, and all are told alike. Anything else
 * is the refusal that a tool would have answered, as data.
 */
function protocolError(
  error: unknown,
  { uri, hasCursor, correlationId }: { uri: string; hasCursor: boolean; correlationId: string },
): ProtocolError {
  const body = redactOutput({ ...toErrorBody(error), correlationId });
  const isBadArgument = body.code === 'VALIDATION_ERROR' || body.code === 'UNKNOWN_FIELD';
  if (isBadArgument && hasCursor) return new ProtocolError(ProtocolErrorCode.InvalidParams, body.message);
  if (isBadArgument || HIDDEN.includes(body.code)) return new ResourceNotFoundError(uri, NOT_FOUND);
  return new ProtocolError(ProtocolErrorCode.InternalError, `${body.code}: ${body.message}`, body);
}
