/**
 * Reads routers with the client of the newest MCP revision (2026-07-28, no handshake, no session).
 *
 *   export MCP_URL=http://127.0.0.1:8080/mcp ACCESS_TOKEN=$(npx convoy token --user viewer)
 *   npx node examples/read-a-router.ts
 */
import assert from 'node:assert/strict';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';

const { MCP_URL: url = 'http://127.0.0.1:8080/mcp', ACCESS_TOKEN: token } = process.env;
assert(token, 'Set ACCESS_TOKEN to an access token: npx convoy token --user viewer');

// Only what reads DNS and the registry is there for this client; a model would see as few tools as that.
const address = new URL(url);
address.pathname = '/mcp/readonly';
address.searchParams.set('toolsets', 'fleet,dns');

const client = new Client(
  { name: 'example-reader', version: '1.0.0' },
  { versionNegotiation: { mode: { pin: '2026-07-28' } } },
);
await client.connect(
  new StreamableHTTPClientTransport(address, { requestInit: { headers: { authorization: `Bearer ${token}` } } }),
);

const { tools } = await client.listTools();
console.log(`Tools: ${tools.map(({ name }) => name).join(', ')}`);
assert(tools.every(({ annotations }) => annotations?.readOnlyHint === true));

const listed = await client.callTool({ name: 'list_devices', arguments: { limit: 5 } });
const { devices, total } = listed.structuredContent as { devices: { name: string }[]; total: number };
console.log(`${devices.length} of ${total} routers: ${devices.map(({ name }) => name).join(', ')}`);

for (const { name } of devices) {
  const read = await client.callTool({ name: 'get_dns_status', arguments: { deviceId: name } });
  // A refusal has a code and says what to do next; it is an answer, not an exception.
  const answer = read.structuredContent as { servers?: string[]; code?: string; message?: string };
  console.log(`${name}: ${read.isError === true ? `${answer.code}: ${answer.message}` : answer.servers?.join(', ')}`);
}

await client.close();
