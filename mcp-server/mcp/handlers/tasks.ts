import {
  MissingRequiredClientCapabilityError,
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type Server,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { AppError } from '../../../shared/errors/app-error.ts';
import { refusalOf } from '../../call/call-outcome.ts';
import type { CallAnswer, Caller } from '../../call/answer-call.ts';
import { CallState } from '../../calls/call-state.ts';
import { capabilitiesOf, knowsTasks, TASKS_EXTENSION } from '../client-capabilities.ts';
import type { RequestFacts } from '../request-facts.ts';
import { toolRefusal, toolResult } from '../tool-result.ts';

/** A task as the extension shows it, without what came of it. */
interface Task {
  taskId: string;
  status: 'working' | 'completed' | 'failed' | 'cancelled';
  createdAt: string;
  lastUpdatedAt: string;
  ttlMs: number;
  pollIntervalMs: number;
  statusMessage?: string;
}

const Named = z.looseObject({ taskId: z.string().max(64) });

/**
 * The methods of the Tasks extension (SEP-2663). A task is a kept call: it is asked for like one, so only its own subject
 * sees it, from any process.
 */
export function serveTasks(server: Server, caller: Caller, facts: RequestFacts): void {
  server.setRequestHandler('tasks/get', { params: Named }, async ({ taskId }, ctx) => {
    demandTasks(ctx);
    return detailed(caller, await callOf(caller, facts, taskId), facts);
  });
  // No task here ever asks for anything, so whatever is given is not asked for.
  server.setRequestHandler('tasks/update', { params: Named }, async ({ taskId }, ctx) => {
    demandTasks(ctx);
    await callOf(caller, facts, taskId);
    return {};
  });
  server.setRequestHandler('tasks/cancel', { params: Named }, async ({ taskId }, ctx) => {
    demandTasks(ctx);
    await callOf(caller, facts, taskId);
    await caller.cancel(facts.principal.sub, taskId);
    return {};
  });
}

/** In place of the result of a call that goes on. */
export async function createdTask(
  caller: Caller,
  { handle }: CallAnswer,
  facts: RequestFacts,
): Promise<CallToolResult> {
  const task = taskOf(await callOf(caller, facts, handle?.callId ?? ''));
  return { resultType: 'task', ...task, content: [] };
}

function demandTasks(ctx: ServerContext): void {
  if (ctx.mcpReq.envelope === undefined) throw new ProtocolError(ProtocolErrorCode.MethodNotFound, 'Method not found');
  if (knowsTasks(capabilitiesOf(ctx))) return;
  throw new MissingRequiredClientCapabilityError({ requiredCapabilities: { extensions: { [TASKS_EXTENSION]: {} } } });
}

/** Fails with -32602 for a task that is not there, which is also the answer for somebody else's. */
async function callOf(caller: Caller, facts: RequestFacts, callId: string): Promise<CallState> {
  try {
    const { output } = await caller.answer({ ...facts, name: 'get_call', arguments: { callId }, surface: 'mcp' });
    return CallState.parse(output);
  } catch (error) {
    if (!(error instanceof AppError) || error.status >= 500 || error.code === 'RATE_LIMITED') throw hidden(error);
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `Task ${callId.slice(0, 64)} not found`);
  }
}

/** Only what our own table says of a failure goes out. */
function hidden(error: unknown): ProtocolError {
  const message = error instanceof AppError ? error.message : 'Internal error';
  return new ProtocolError(ProtocolErrorCode.InternalError, message);
}

/** The whole result as the call itself would have given it. A refusal is the result of a completed task too; failed would be a task whose protocol failed. */
function detailed(caller: Caller, call: CallState, { correlationId }: RequestFacts): Record<string, unknown> {
  const task = taskOf(call);
  if (task.status !== 'completed') return { ...task };
  const action = caller.catalogue.find(call.action, 'mcp');
  if (call.error !== undefined || action === null) {
    const error = call.error === undefined ? new AppError('NOT_FOUND') : refusalOf(call.error);
    return { ...task, result: { resultType: 'complete', ...toolRefusal(error, { correlationId }) } };
  }
  const result = toolResult({ action, output: call.result ?? {}, summary: call.summary ?? '' });
  return { ...task, result: { resultType: 'complete', ...result } };
}

function taskOf(call: CallState): Task {
  const { callId, callStatus, createdAt, updatedAt, expiresAt, pollAfterSeconds = 1 } = call;
  const statusMessage = messageOf(call);
  return {
    taskId: callId,
    status: callStatus === 'failed' ? 'completed' : callStatus,
    createdAt,
    lastUpdatedAt: updatedAt,
    ttlMs: Date.parse(expiresAt) - Date.parse(createdAt),
    pollIntervalMs: pollAfterSeconds * 1000,
    ...(statusMessage === null ? {} : { statusMessage }),
  };
}

/** Numbers and words of ours only. */
function messageOf({ action, callStatus, cancelAsked, progress }: CallState): string | null {
  const isPlan = action.endsWith('_plan') || action.endsWith('_rollout');
  if (callStatus === 'cancelled') return isPlan ? 'No longer followed; the plan goes on by itself.' : 'Cancelled.';
  if (callStatus === 'working' && cancelAsked) return 'It has begun and is not cut off; it ends by itself.';
  return progress?.message ?? null;
}
