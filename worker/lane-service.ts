import * as nexus from 'nexus-rpc';
import type { DeviceActivities, ReadReply, ReadRequest } from '../shared/contract/device-messages.ts';
import { LANE_READ_OPERATION, LANE_SERVICE } from '../shared/contract/lane-messages.ts';
import { canonicalJson } from '../shared/domain/canonical-json.ts';
import { toErrorBody } from '../shared/errors/app-error.ts';
import { parseTraceparent, TRACE_HEADER, type TraceContext } from '../shared/contract/trace-context.ts';
import { inSpan, markFailed } from '../shared/platform/telemetry/spans.ts';
import type { LaneReply } from '../shared/platform/temporal/nexus-door.ts';

const service = nexus.service(LANE_SERVICE, {
  [LANE_READ_OPERATION]: nexus.operation<ReadRequest, LaneReply>(),
});

/**
 * The fast door of one lane: a synchronous Nexus operation. A refusal is an answer too, so that its code survives the
 * way back and the server does not repeat it. Identical reads in flight are answered by one read of the device.
 */
export function createLaneService(
  activities: Pick<DeviceActivities, 'invokeRead'>,
  touch: () => void,
  onUnexpected: (error: unknown) => void,
) {
  const inFlight = new Map<string, Promise<ReadReply>>();
  const invokeOnce = (request: ReadRequest): Promise<ReadReply> => {
    const key = canonicalJson(request);
    const running = inFlight.get(key);
    if (running) return running;
    const started = activities.invokeRead(request).finally(() => inFlight.delete(key));
    inFlight.set(key, started);
    return started;
  };
  return nexus.serviceHandler(service, {
    [LANE_READ_OPERATION](context: nexus.StartOperationContext, request: ReadRequest): Promise<LaneReply> {
      const parent = parseTraceparent(context.headers[TRACE_HEADER]);
      return inSpan(
        `RunNexusOperation:${LANE_SERVICE}/${LANE_READ_OPERATION}`,
        spanOf(request, parent),
        async (span) => {
          touch();
          try {
            return { ok: true, reply: await invokeOnce(request) };
          } catch (error) {
            const body = toErrorBody(error);
            markFailed(span, body.code);
            if (body.code === 'INTERNAL_ERROR') onUnexpected(error);
            return { ok: false, error: body };
          } finally {
            touch();
          }
        },
      );
    },
  });
}

function spanOf({ deviceId, operation }: ReadRequest, parent: TraceContext | null) {
  const attributes = { 'convoy.device.id': deviceId, 'convoy.operation': operation };
  return { kind: 'server', attributes, parent } as const;
}
