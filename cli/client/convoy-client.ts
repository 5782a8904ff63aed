import type { z } from 'zod';
import type { Addresses } from './addresses.ts';
import { AcknowledgedDrift, BaselineView, CheckedDrift, DriftPage, RemediationView } from './drift-shapes.ts';
import { renewCredentials, type RenewedLogin } from './renew-credentials.ts';
import { openStream, requestJson, requestStream } from './http-json.ts';
import {
  DeliveryPage,
  DeliveryView,
  DeviceDetail,
  DevicePage,
  ExplainedAccess,
  FoundDevice,
  PlanPage,
  PlacedStop,
  PlanView,
  ReplannedView,
  RevocationPage,
  RevocationRef,
  RevocationView,
  SentSignal,
  StopPage,
  StopView,
} from './shapes.ts';
import { SnapshotContent, SnapshotDiff, SnapshotPage, TakenSnapshotView } from './snapshot-shapes.ts';

/** Search parameters; absent ones are left out, lists repeat the parameter. */
type Query = Record<string, string | readonly string[] | undefined>;

/** The platform's API and the approval gateway, as one person. */
export interface ConvoyClient {
  listDevices(query: Query): Promise<z.infer<typeof DevicePage>>;
  getDevice(ref: string): Promise<DeviceDetail>;
  addDevice(registration: Record<string, unknown>): Promise<FoundDevice>;
  updateDevice(ref: string, patch: Record<string, unknown>): Promise<DeviceDetail>;
  testDevice(ref: string): Promise<FoundDevice>;
  rotateCredentials(ref: string, login: Record<string, unknown>): Promise<FoundDevice>;
  /** Has Convoy make a new login; waits for its end. */
  renewCredentials(ref: string, options: { oldUser: string | undefined }): Promise<RenewedLogin>;
  decommissionDevice(ref: string, message: { comment: string }): Promise<DeviceDetail>;
  explainAccess(question: Record<string, unknown>): Promise<ExplainedAccess>;
  revokeAccess(message: RevocationRef & { comment: string }): Promise<RevocationView>;
  restoreAccess(message: RevocationRef & { comment: string }): Promise<RevocationRef>;
  listRevocations(): Promise<z.infer<typeof RevocationPage>>;
  listPlans(query: Query): Promise<z.infer<typeof PlanPage>>;
  getPlan(planId: string): Promise<PlanView>;
  /** Proposes its wish once more; waits until the devices are read. */
  replan(planId: string, message: { comment: string }): Promise<ReplannedView>;
  /** The plan's server-sent events after those of an id, the whole plan first, then what is new; null when nothing more comes. */
  planEvents(
    planId: string,
    options: { lastEventId: string | null; signal: AbortSignal },
  ): Promise<ReadableStream<Uint8Array> | null>;
  placeStop(stop: {
    all?: true;
    environment?: string;
    deviceId?: string;
    reason: string;
  }): Promise<z.infer<typeof PlacedStop>>;
  liftStop(stopId: string, message: { reason: string }): Promise<StopView>;
  listDeliveries(query: Query): Promise<z.infer<typeof DeliveryPage>>;
  replayDelivery(eventId: string, message: { endpoint: string; comment: string }): Promise<DeliveryView>;
  listStops(query: Query): Promise<z.infer<typeof StopPage>>;
  /** Waits until the router's configuration is saved. */
  takeSnapshot(ref: string, message: { comment: string }): Promise<z.infer<typeof TakenSnapshotView>>;
  listSnapshots(query: Query): Promise<z.infer<typeof SnapshotPage>>;
  getSnapshot(snapshotId: string, query: Query): Promise<z.infer<typeof SnapshotContent>>;
  diffSnapshots(from: string, to: string, query: Query): Promise<z.infer<typeof SnapshotDiff>>;
  setBaseline(ref: string, message: { snapshotId?: string; comment: string }): Promise<z.infer<typeof BaselineView>>;
  /** Waits until the router was compared with its baseline. */
  checkDrift(ref: string): Promise<z.infer<typeof CheckedDrift>>;
  listDrift(query: Query): Promise<z.infer<typeof DriftPage>>;
  acknowledgeDrift(
    ref: string,
    message: { driftIds: string[]; reason: string; until: string },
  ): Promise<z.infer<typeof AcknowledgedDrift>>;
  /** Proposes the plan that puts drift back. */
  remediateDrift(
    ref: string,
    message: { driftIds?: string[]; comment: string },
  ): Promise<z.infer<typeof RemediationView>>;
  /** Audit records as text, in the format asked for. */
  exportAudit(query: Query): Promise<ReadableStream<Uint8Array>>;
  /** Sends a signal through the approval gateway; answers the subject it was sent for. */
  signalPlan(planId: string, signal: string, message: SignalText): Promise<{ by: string }>;
}

/** What a person says with a signal. */
export interface SignalText {
  digest?: string;
  comment: string;
  deviceIds?: string[];
}

/** The token must be for the approval gateway; the API takes it as well. */
export function createConvoyClient(
  { apiUrl, approvalUrl }: Pick<Addresses, 'apiUrl' | 'approvalUrl'>,
  token: string,
): ConvoyClient {
  const at = (path: string, query: Query = {}): string => {
    const parameters = Object.entries(query).flatMap(([name, value]) =>
      [value ?? []].flat().map((one): [string, string] => [name, one]),
    );
    return `${apiUrl}${path}${parameters.length === 0 ? '' : `?${new URLSearchParams(parameters).toString()}`}`;
  };
  const device = (ref: string): string => `/devices/${encodeURIComponent(ref)}`;
  const snapshot = (snapshotId: string): string => `/snapshots/${encodeURIComponent(snapshotId)}`;
  return {
    listDevices: (query) => requestJson(DevicePage, { url: at('/devices', query), method: 'GET', token }),
    getDevice: (ref) => requestJson(DeviceDetail, { url: at(device(ref)), method: 'GET', token }),
    addDevice: (body) => requestJson(FoundDevice, { url: at('/devices'), method: 'POST', token, body }),
    updateDevice: (ref, body) => requestJson(DeviceDetail, { url: at(device(ref)), method: 'PATCH', token, body }),
    testDevice: (ref) => requestJson(FoundDevice, { url: at(`${device(ref)}/test`), method: 'POST', token, body: {} }),
    rotateCredentials: (ref, body) =>
      requestJson(FoundDevice, { url: at(`${device(ref)}/credentials`), method: 'PUT', token, body }),
    renewCredentials: (ref, { oldUser }) => renewCredentials({ apiUrl, token, ref, oldUser }),
    decommissionDevice: (ref, body) =>
      requestJson(DeviceDetail, { url: at(`${device(ref)}/decommission`), method: 'POST', token, body }),
    explainAccess: (body) => requestJson(ExplainedAccess, { url: at('/access/explain'), method: 'POST', token, body }),
    revokeAccess: (body) =>
      requestJson(RevocationView, { url: at('/access/revocations'), method: 'POST', token, body }),
    restoreAccess: (body) =>
      requestJson(RevocationRef, { url: at('/access/revocations/restore'), method: 'POST', token, body }),
    listRevocations: () => requestJson(RevocationPage, { url: at('/access/revocations'), method: 'GET', token }),
    listPlans: (query) => requestJson(PlanPage, { url: at('/plans', query), method: 'GET', token }),
    getPlan: (planId) =>
      requestJson(PlanView, { url: at(`/plans/${encodeURIComponent(planId)}`), method: 'GET', token }),
    replan: (planId, body) =>
      requestJson(ReplannedView, {
        url: at(`/plans/${encodeURIComponent(planId)}/replan`),
        method: 'POST',
        token,
        body,
      }),
    async planEvents(planId, { lastEventId, signal }) {
      const { status, body } = await openStream({
        url: at(`/plans/${encodeURIComponent(planId)}/events`, { devices: 'changed' }),
        token,
        headers: { accept: 'text/event-stream', ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }) },
        signal,
      });
      return status === 204 ? null : body;
    },
    placeStop: (body) => requestJson(PlacedStop, { url: at('/stops'), method: 'POST', token, body }),
    liftStop: (stopId, body) =>
      requestJson(StopView, { url: at(`/stops/${encodeURIComponent(stopId)}/lift`), method: 'POST', token, body }),
    listStops: (query) => requestJson(StopPage, { url: at('/stops', query), method: 'GET', token }),
    listDeliveries: (query) =>
      requestJson(DeliveryPage, { url: at('/webhooks/deliveries', query), method: 'GET', token }),
    replayDelivery: (eventId, body) => {
      const url = at(`/webhooks/deliveries/${encodeURIComponent(eventId)}/replay`);
      return requestJson(DeliveryView, { url, method: 'POST', token, body });
    },
    takeSnapshot: (ref, body) =>
      requestJson(TakenSnapshotView, { url: at(`${device(ref)}/snapshots`), method: 'POST', token, body }),
    setBaseline: (ref, body) =>
      requestJson(BaselineView, { url: at(`${device(ref)}/baseline`), method: 'PUT', token, body }),
    checkDrift: (ref) =>
      requestJson(CheckedDrift, { url: at(`${device(ref)}/drift/check`), method: 'POST', token, body: {} }),
    listDrift: (query) => requestJson(DriftPage, { url: at('/drift', query), method: 'GET', token }),
    acknowledgeDrift: (ref, body) =>
      requestJson(AcknowledgedDrift, { url: at(`${device(ref)}/drift/acknowledgement`), method: 'POST', token, body }),
    remediateDrift: (ref, body) =>
      requestJson(RemediationView, { url: at(`${device(ref)}/drift/remediation`), method: 'POST', token, body }),
    listSnapshots: (query) => requestJson(SnapshotPage, { url: at('/snapshots', query), method: 'GET', token }),
    getSnapshot: (snapshotId, query) =>
      requestJson(SnapshotContent, { url: at(snapshot(snapshotId), query), method: 'GET', token }),
    diffSnapshots: (from, to, query) => {
      const url = at(`${snapshot(from)}/diff/${encodeURIComponent(to)}`, query);
      return requestJson(SnapshotDiff, { url, method: 'GET', token });
    },
    exportAudit: (query) => requestStream({ url: at('/audit/export', query), token }),
    signalPlan: (planId, signal, body) => {
      const url = `${approvalUrl}/approvals/v1/plans/${encodeURIComponent(planId)}/${signal}`;
      return requestJson(SentSignal, { url, method: 'POST', token, body });
    },
  };
}
