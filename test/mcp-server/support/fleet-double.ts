import type { DeviceChangeInput, DeviceChangeResult, ReadRequest } from '../../../shared/contract/device-messages.ts';
import type { ProbeRequest } from '../../../shared/contract/lane-messages.ts';
import type { PlanWorkflowInput } from '../../../shared/contract/plan-messages.ts';
import type { WebhookDelivery } from '../../../shared/contract/webhook-messages.ts';
import type { Database } from '../../../shared/platform/persistence/database.ts';
import type { FleetClient } from '../../../shared/platform/temporal/fleet-client.ts';

/** Stands in for Temporal where a test is about the front end alone: remembers what it was asked. */
export interface FleetDouble extends FleetClient {
  reads: ReadRequest[];
  changes: DeviceChangeInput[];
  probes: ProbeRequest[];
  started: PlanWorkflowInput[];
  /** Plans whose rollout was told to look whether it may go on. */
  rechecked: string[];
  signals: { planId: string; signal: string; payload: Record<string, unknown> }[];
  /** Events that an endpoint was to be told of once more. */
  deliveries: WebhookDelivery[];
  /** What a snapshot finds, as lines of the console. */
  configuration: string;
  /** Replaces how a call is answered. */
  answers: Partial<
    Pick<
      FleetClient,
      | 'read'
      | 'change'
      | 'isChanging'
      | 'isPlanRunning'
      | 'preview'
      | 'probe'
      | 'rotateLogin'
      | 'startPlan'
      | 'signalPlan'
      | 'ping'
    >
  >;
}

export const DIGEST = 'a'.repeat(64);
/** What every router's SSH service shows. */
export const SHOWN_HOST_KEY = `SHA256:${'A'.repeat(43)}`;
const CHANGE = {
  path: '/ip/dns',
  key: 'servers',
  before: '1.1.1.1',
  after: '9.9.9.9',
  summary: '/ip/dns servers: 1.1.1.1 → 9.9.9.9',
};

/** Prepares plans the way the worker does: through the plan's rows. */
export function createFleetDouble(database: () => Database): FleetDouble {
  const double: FleetDouble = {
    reads: [],
    changes: [],
    probes: [],
    started: [],
    rechecked: [],
    signals: [],
    deliveries: [],
    configuration: '/ip dns set servers=1.1.1.1\n',
    answers: {},
    async read(request, options) {
      double.reads.push(request);
      if (double.answers.read) return double.answers.read(request, options);
      return { output: READS[request.operation] ?? {}, observedAt: '2027-01-02T03:04:05.000Z', door: 'nexus' };
    },
    async change(input) {
      double.changes.push(input);
      if (double.answers.change) return double.answers.change(input);
      return { outcome: 'applied', changes: [CHANGE], error: null } satisfies DeviceChangeResult;
    },
    async isChanging(deviceId) {
      return (await double.answers.isChanging?.(deviceId)) ?? false;
    },
    async isPlanRunning(planId) {
      return (await double.answers.isPlanRunning?.(planId)) ?? true;
    },
    async preview(request) {
      return double.answers.preview ? double.answers.preview(request) : [CHANGE];
    },
    async rotateLogin(input) {
      if (double.answers.rotateLogin) return double.answers.rotateLogin(input);
      const oldUser = { username: 'admin', became: 'disabled' } as const;
      return { outcome: 'rotated', username: 'convoy-abc234', oldUser, error: null };
    },
    async probe(request) {
      double.probes.push(request);
      if (double.answers.probe) return double.answers.probe(request);
      const fingerprint256 = Array.from({ length: 32 }, () => 'AB').join(':');
      const sshHostKey = request.ssh ? (request.ssh.hostKey ?? SHOWN_HOST_KEY) : null;
      return { identity: 'R1', model: 'RB5009', version: '7.20.8', serialNumber: 'HX1', fingerprint256, sshHostKey };
    },
    async deliverWebhook(delivery) {
      double.deliveries.push(delivery);
    },
    checkDrift: ({ snapshotId }) => Promise.resolve({ outcome: 'compared', snapshotId, news: 0, gone: 0, open: 0 }),
    async snapshot({ snapshotId: wanted, deviceId, requestedBy, reason }) {
      const input = { snapshotId: wanted, deviceId, requestedBy, reason };
      const facts = { takenAt: new Date().toISOString(), version: '7.20.8', isComplete: true };
      const { snapshotId, sha256 } = await database().snapshots.save({
        ...input,
        ...facts,
        text: double.configuration,
      });
      return { snapshotId, sha256 };
    },
    async startPlan(input) {
      double.started.push(input);
      if (double.answers.startPlan) return double.answers.startPlan(input);
      const { planId, deviceIds } = input;
      const facts = { digest: DIGEST, risk: 'medium' as const, riskReasons: ['because'], approvalsNeeded: 1 };
      const devices = deviceIds.map((deviceId) => ({
        deviceId,
        status: 'pending' as const,
        steps: [],
        changes: [CHANGE],
      }));
      await database().plans.savePrepared(planId, { ...facts, devices });
      return { ...facts, planId, toChange: deviceIds.length, skipped: 0, deviceIds, diffMarkdown: '', riskReasons: [] };
    },
    async signalPlan(planId, signal, payload) {
      double.signals.push({ planId, signal, payload });
      await double.answers.signalPlan?.(planId, signal, payload);
    },
    async recheckRollout(planId) {
      double.rechecked.push(planId);
    },
    planState: () => Promise.reject(new Error('not asked for here')),
    async ping() {
      await double.answers.ping?.();
    },
    close: () => Promise.resolve(),
  };
  return double;
}

const READS: Record<string, Record<string, unknown>> = {
  get_dns_status: {
    servers: ['1.1.1.1'],
    dynamicServers: [],
    dohServer: null,
    verifyDohCertificate: false,
    allowRemoteRequests: false,
    cacheSizeBytes: 2_097_152,
    cacheUsedBytes: 1024,
    cacheMaxTtlSeconds: 604_800,
  },
  get_recent_logs: {
    entries: [{ id: '*1', time: null, topics: ['system'], message: 'user \u202Eadmin logged in' }],
    total: 1,
    nextOffset: null,
  },
  get_config_export: {
    localTime: null,
    version: '7.20.8',
    softwareId: null,
    model: null,
    serialNumber: null,
    lines: ['/ip dns set servers=9.9.9.9'],
    total: 1,
    nextOffset: null,
    complete: true,
    failures: [],
    notes: [],
    transport: 'rest',
  },
};
