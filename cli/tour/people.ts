import { loginAs } from '../stack/login-as.ts';
import type { StackFile } from '../stack/stack-file.ts';

export interface AuditLine {
  at: string;
  action: string;
  actor: string;
  outcome: string;
  deviceId?: string | null;
  code?: string | null;
}

/** What people do outside MCP: decide on plans, and read the audit trail; each with a real login of their own. */
export interface People {
  decide(
    user: string,
    planId: string,
    signal: 'approve' | 'reject',
    decision: { digest: string; comment?: string },
  ): Promise<{ status: number; code: string | null }>;
  /** Newest first. */
  audit(user: string, planId: string): Promise<AuditLine[]>;
}

export function openPeople(stack: StackFile): People {
  const gatewayOrigin = new URL(stack.temporal.uiUrl).origin;
  const tokenOf = async (user: string, resource: string, scope: string): Promise<string> =>
    (await loginAs({ issuer: stack.oidc.issuer, user, resource, scope: `openid email ${scope}` })).accessToken;
  return {
    async decide(user, planId, signal, decision) {
      const token = await tokenOf(user, gatewayOrigin, 'fleet:read fleet:approve');
      const response = await fetch(`${gatewayOrigin}/approvals/v1/plans/${planId}/${signal}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(decision),
      });
      const body = (await response.json().catch(() => ({}))) as { code?: string };
      return { status: response.status, code: body.code ?? null };
    },
    async audit(user, planId) {
      const token = await tokenOf(user, stack.apiUrl, 'fleet:read');
      const response = await fetch(`${stack.apiUrl}/audit?planId=${planId}&limit=100`, {
        headers: { authorization: `Bearer ${token}` },
      });
      if (!response.ok) throw new Error(`the audit trail answered ${response.status}: ${await response.text()}`);
      return ((await response.json()) as { events: AuditLine[] }).events;
    },
  };
}
