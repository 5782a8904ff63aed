import { createHttpBrowser, type HttpBrowser } from './http-browser.ts';

/** A browser whose person has signed in at the gateway. */
export async function signedInAt(gatewayUrl: string, user: string): Promise<HttpBrowser> {
  const browser = createHttpBrowser();
  await browser.signIn(`${gatewayUrl}/`, user);
  return browser;
}

/** Address of the API for something about a plan's workflow. */
export function workflowUrlAt(gatewayUrl: string, namespace: string, planId: string, action: string): string {
  return `${gatewayUrl}/api/v1/namespaces/${namespace}/workflows/plan%2F${planId}/${action}`;
}

/** As Temporal UI 2.54 posts a signal. */
export function signalBody(planId: string, signalName: string, input: unknown): object {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  return {
    signalName,
    workflowExecution: { workflowId: `plan/${planId}`, runId: '' },
    input: { payloads: [{ metadata: { encoding: base64('json/plain') }, data: base64(JSON.stringify(input)) }] },
    identity: 'spoofed@evil.example',
  };
}
