/**
 * Looks at a change, proposes it for several routers and withdraws it again, with the client of the 2025 revisions, which is
 * what most hosts speak. Nothing is written to any router: people approve plans elsewhere, and here nobody does.
 *
 *   export MCP_URL=http://127.0.0.1:8080/mcp ACCESS_TOKEN=$(npx convoy token --user operator)
 *   npx node examples/propose-a-change.ts lab
 */
import assert from 'node:assert/strict';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const { MCP_URL: url = 'http://127.0.0.1:8080/mcp', ACCESS_TOKEN: token } = process.env;
assert(token, 'Set ACCESS_TOKEN to an access token: npx convoy token --user operator');
const environment = process.argv[2] ?? 'lab';
const dnsServers = ['9.9.9.9', '149.112.112.112'];

const client = new Client({ name: 'example-proposer', version: '1.0.0' });
await client.connect(
  new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }),
);

interface Plan {
  planId: string;
  status: string;
  risk: string;
  digest: string;
  devices: { name: string; changes: { summary: string }[] }[];
  links: { console: string };
}

async function call<Answer>(name: string, given: Record<string, unknown>): Promise<Answer> {
  const { isError, structuredContent, content } = await client.callTool({ name, arguments: given });
  assert(isError !== true, `${name}: ${JSON.stringify(content)}`);
  return structuredContent as Answer;
}

const { devices } = await call<{ devices: { name: string }[] }>('list_devices', { environment, status: 'healthy' });
assert(devices.length > 0, `There is no healthy router in ${environment}.`);

const plan = await call<Plan>('plan_dns_ntp', {
  deviceIds: devices.slice(0, 10).map(({ name }) => name),
  environment,
  dnsServers,
  comment: 'Example: one resolver everywhere',
});
console.log(`Plan ${plan.planId} is ${plan.status}, risk ${plan.risk}, digest ${plan.digest.slice(0, 12)}…`);
for (const { name, changes } of plan.devices)
  console.log(`  ${name}: ${changes.map(({ summary }) => summary).join('; ')}`);
console.log(`People decide at ${plan.links.console}`);
assert.equal(plan.status, 'awaiting_approval');

// No tool approves: applying a plan that nobody approved is refused with a code that says so.
const early = await client.callTool({ name: 'apply_plan', arguments: { planId: plan.planId } });
const refusal = early.structuredContent as { code: string; message: string };
console.log(`Applying it now: ${refusal.code}`);
assert.equal(refusal.code, 'PLAN_NOT_APPROVED');

await call<Plan>('cancel_plan', { planId: plan.planId, comment: 'It was an example' });
console.log('Withdrawn again.');
await client.close();
