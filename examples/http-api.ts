/**
 * The HTTP API with nothing but fetch: pages of a list, one read, and how a refusal looks.
 *
 *   export MCP_URL=http://127.0.0.1:8080/mcp ACCESS_TOKEN=$(npx convoy token --user viewer)
 *   npx node examples/http-api.ts
 */
import assert from 'node:assert/strict';

const { MCP_URL: url = 'http://127.0.0.1:8080/mcp', ACCESS_TOKEN: token } = process.env;
assert(token, 'Set ACCESS_TOKEN to an access token: npx convoy token --user viewer');
const headers = { authorization: `Bearer ${token}` };
const api = (path: string) => fetch(new URL(`/api/v1${path}`, url), { headers });

interface Page {
  devices: { deviceId: string; name: string }[];
  total: number;
  nextCursor?: string;
}

const names: string[] = [];
let cursor = '';
do {
  const response = await api(`/devices?limit=2${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);
  assert.equal(response.status, 200, await response.clone().text());
  const page = (await response.json()) as Page;
  names.push(...page.devices.map(({ name }) => name));
  cursor = page.nextCursor ?? '';
} while (cursor !== '' && names.length < 100);
console.log(`${names.length} routers: ${names.join(', ')}`);
assert.equal(new Set(names).size, names.length, 'no router is on two pages');

const [name] = names;
assert(name !== undefined, 'There is no router yet.');
const read = await api(`/devices/${name}/operations/get_dns_status`);
console.log(`${name}: ${read.status} ${await read.text()}`);

// A refusal is a problem document (RFC 9457) with a code that stays the same.
const refused = await api('/devices/nobody/operations/get_dns_status');
const problem = (await refused.json()) as { code: string; detail: string };
console.log(`nobody: ${refused.status} ${problem.code}: ${problem.detail}`);
assert.equal(refused.headers.get('content-type'), 'application/problem+json');
assert.equal(problem.code, 'DEVICE_NOT_FOUND');
