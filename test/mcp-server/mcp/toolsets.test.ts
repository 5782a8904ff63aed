import { describe, expect, it } from 'vitest';
import { TOOLSETS } from '../../../shared/operations/toolsets.ts';
import { addDevice } from '../support/devices.ts';
import { postModern } from '../support/mcp-calls.ts';
import { startFrontEnd, type TestFrontEnd } from '../support/start-front-end.ts';

interface Choice {
  role?: string;
  /** What is behind `/mcp`. */
  behind?: string;
  headers?: Record<string, string>;
  token?: string;
}

interface Body {
  result?: { tools: { name: string; annotations: { readOnlyHint: boolean } }[]; isError?: boolean };
  error?: { code: number; message: string };
  message?: string;
}

async function ask(front: TestFrontEnd, choice: Choice, message: Parameters<typeof postModern>[2]) {
  const { role = 'admin', behind = '', headers = {}, token = await front.tokenOf(role) } = choice;
  const response = await postModern({ mcpUrl: front.mcpUrl + behind }, token, message, headers);
  return { response, body: (await response.json()) as Body };
}

async function listed(front: TestFrontEnd, choice: Choice) {
  const { response, body } = await ask(front, choice, { method: 'tools/list' });
  expect(response.status, JSON.stringify(body)).toBe(200);
  return body.result?.tools ?? [];
}

async function namesOf(front: TestFrontEnd, choice: Choice): Promise<string[]> {
  return (await listed(front, choice)).map(({ name }) => name);
}

/** `undefined` for a call that was answered, also by a refusal, and the text of the protocol's error else. */
async function callError(front: TestFrontEnd, choice: Choice, name: string, args: Record<string, unknown> = {}) {
  const { body } = await ask(front, choice, { method: 'tools/call', params: { name, arguments: args } });
  return body.error?.message;
}

describe('what is listed', () => {
  it('is the core without a choice, and everything for "all"', async () => {
    const front = await startFrontEnd();
    const core = await namesOf(front, {});
    const all = await namesOf(front, { behind: '?toolsets=all' });
    expect(core.length).toBeLessThan(all.length);
    expect(all.slice(0, core.length)).toEqual(core);
    expect(new Set(all).size).toBe(all.length);
  });

  it('is the chosen toolsets as a whole, in whatever order they were named', async () => {
    const front = await startFrontEnd();
    const names = await namesOf(front, { behind: '?toolsets=plans,dns' });
    expect(names).toEqual(expect.arrayContaining(['get_dns_status', 'plan_dns_ntp', 'rollback_plan']));
    expect(names).not.toContain('list_devices');
    expect(await namesOf(front, { behind: '?toolsets=dns&toolsets=plans' })).toEqual(names);
    expect(await namesOf(front, { headers: { 'x-mcp-toolsets': ' dns , plans' } })).toEqual(names);
  });

  it('holds no write for a viewer, by whatever choice', async () => {
    const front = await startFrontEnd();
    for (const behind of ['', '?toolsets=all', '?toolsets=plans,dns', '/readonly', '/readonly?toolsets=all']) {
      const tools = await listed(front, { role: 'viewer', behind });
      expect(tools.length).toBeGreaterThan(0);
      expect(tools.filter(({ annotations }) => !annotations.readOnlyHint)).toEqual([]);
    }
  });

  it('is only what exists in the phase of the deployment', async () => {
    const front = await startFrontEnd({ phase: 1 });
    const names = await namesOf(front, { behind: '?toolsets=all' });
    expect(names).toContain('list_devices');
    expect(names.filter((name) => name.startsWith('plan_'))).toEqual([]);
  });

  it('is reads only at the path, by the parameter and by the header', async () => {
    const front = await startFrontEnd();
    const reads = await listed(front, { behind: '/readonly?toolsets=all' });
    expect(reads.every(({ annotations }) => annotations.readOnlyHint)).toBe(true);
    const names = reads.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['list_devices', 'get_plan']));
    expect(await namesOf(front, { behind: '?toolsets=all&readonly=true' })).toEqual(names);
    expect(await namesOf(front, { behind: '?toolsets=all', headers: { 'x-mcp-readonly': 'TRUE' } })).toEqual(names);
  });

  it('is narrowed by headers and never widened', async () => {
    const front = await startFrontEnd();
    const dns = await namesOf(front, { behind: '?toolsets=dns' });
    const wide = { 'x-mcp-toolsets': 'all', 'x-mcp-readonly': 'false' };
    expect(await namesOf(front, { behind: '?toolsets=dns', headers: wide })).toEqual(dns);
    expect(await namesOf(front, { behind: '?toolsets=dns', headers: { 'x-mcp-toolsets': 'plans' } })).toEqual([]);
    const reads = await listed(front, { behind: '/readonly', headers: wide });
    expect(reads.every(({ annotations }) => annotations.readOnlyHint)).toBe(true);
    const two = { 'x-mcp-tools': 'get_dns_status,get_plan' };
    expect((await namesOf(front, { headers: two })).toSorted()).toEqual(['get_dns_status', 'get_plan']);
    expect(await namesOf(front, { behind: '?toolsets=dns', headers: two })).toEqual(['get_dns_status']);
    const excluding = { ...two, 'x-mcp-exclude-tools': 'get_plan' };
    expect(await namesOf(front, { headers: excluding })).toEqual(['get_dns_status']);
    expect(await namesOf(front, { headers: { 'x-mcp-exclude-tools': 'list_devices' } })).not.toContain('list_devices');
  });

  it('is not what another client chose', async () => {
    const front = await startFrontEnd();
    const [dns, core, reads] = await Promise.all([
      namesOf(front, { behind: '?toolsets=dns' }),
      namesOf(front, {}),
      namesOf(front, { behind: '/readonly' }),
    ]);
    expect(await namesOf(front, { behind: '?toolsets=dns' })).toEqual(dns);
    expect(await namesOf(front, {})).toEqual(core);
    expect(await namesOf(front, { behind: '/readonly' })).toEqual(reads);
    expect(new Set([dns, core, reads].map(String)).size).toBe(3);
  });
});

describe('what can be called', () => {
  it('is everything the caller may do when nothing was chosen, listed or not', async () => {
    const front = await startFrontEnd();
    const [core, all] = [await namesOf(front, {}), await namesOf(front, { behind: '?toolsets=all' })];
    const unlisted = all.filter((name) => !core.includes(name));
    expect(unlisted.length).toBeGreaterThan(0);
    for (const name of unlisted) expect(await callError(front, {}, name), name).toBeUndefined();
  });

  it('is nothing outside of what was chosen: that is as unknown as what does not exist', async () => {
    const front = await startFrontEnd();
    await addDevice(front.database, 'lab-01');
    const write = ['update_dns_servers', { deviceId: 'lab-01', dnsServers: ['9.9.9.9'] }] as const;
    const choices: Choice[] = [
      { behind: '/readonly' },
      { behind: '?readonly=true' },
      { behind: '?toolsets=plans' },
      { headers: { 'x-mcp-readonly': 'true' } },
      { headers: { 'x-mcp-tools': 'get_dns_status' } },
      { headers: { 'x-mcp-exclude-tools': 'update_dns_servers' } },
    ];
    for (const choice of choices) {
      expect(await callError(front, choice, ...write)).toBe('Tool update_dns_servers not found');
      expect(await callError(front, choice, 'no_such_tool')).toBe('Tool no_such_tool not found');
    }
    expect(front.fleet.changes).toEqual([]);
    expect(await callError(front, { behind: '?toolsets=dns' }, ...write)).toBeUndefined();
    expect(front.fleet.changes).toHaveLength(1);
  });

  it('asks for no wider token where the tool was left out', async () => {
    const front = await startFrontEnd();
    const token = await front.tokenOf('operator', { scope: 'fleet:read' });
    const call = { method: 'tools/call', params: { name: 'update_dns_servers', arguments: {} } };
    expect((await ask(front, { token, behind: '/readonly' }, call)).response.status).not.toBe(403);
    expect((await ask(front, { token }, call)).response.status).toBe(403);
    const named = { 'x-mcp-tools': 'update_dns_servers' };
    expect((await ask(front, { token, headers: named }, call)).response.status).toBe(403);
  });
});

it('names that do not exist are refused with those that do', async () => {
  const front = await startFrontEnd();
  const refusal = async (choice: Choice) => {
    const { response, body } = await ask(front, choice, { method: 'tools/list' });
    expect(response.status).toBe(400);
    return body.message;
  };
  const toolsets = `allowed are all, ${Object.keys(TOOLSETS).join(', ')}.`;
  expect(await refusal({ behind: '?toolsets=dsn' })).toBe(`toolsets: "dsn" does not exist; ${toolsets}`);
  expect(await refusal({ behind: '?toolsets=' })).toBe(`toolsets: "" does not exist; ${toolsets}`);
  expect(await refusal({ headers: { 'x-mcp-toolsets': 'dns,constructor' } })).toContain(
    'X-MCP-Toolsets: "constructor"',
  );
  expect(await refusal({ behind: '?toolset=dns' })).toBe(
    'query: "toolset" does not exist; allowed are toolsets, readonly.',
  );
  expect(await refusal({ behind: '?readonly=maybe' })).toContain('allowed are true, false.');
  const hidden = await refusal({ role: 'viewer', headers: { 'x-mcp-tools': 'get_plan,reboot_everything' } });
  expect(hidden).toContain('X-MCP-Tools: "reboot_everything" does not exist; allowed are');
  expect(hidden).toContain('get_dns_status');
  expect(hidden).not.toContain('update_dns_servers');
});

describe('the read-only address is a resource of its own', () => {
  it('has its own metadata, which its challenge points to', async () => {
    const front = await startFrontEnd();
    for (const path of ['', '/readonly']) {
      const refused = await fetch(front.mcpUrl + path, { method: 'POST' });
      const document = `${front.url}/.well-known/oauth-protected-resource/mcp${path}`;
      expect(refused.status).toBe(401);
      expect(refused.headers.get('www-authenticate')).toContain(`resource_metadata="${document}"`);
      expect(await (await fetch(document)).json()).toMatchObject({
        resource: front.mcpUrl + path,
        authorization_servers: [front.issuer.issuer],
      });
    }
  });

  it('takes tokens for the whole server, and none for it is good for anything else', async () => {
    const front = await startFrontEnd();
    const readonly = await front.tokenOf('operator', { aud: `${front.mcpUrl}/readonly` });
    const whole = await front.tokenOf('operator');
    const statusOf = async (token: string, behind: string) =>
      (await ask(front, { token, behind }, { method: 'tools/list' })).response.status;
    expect(await statusOf(whole, '/readonly')).toBe(200);
    expect(await statusOf(readonly, '/readonly')).toBe(200);
    expect(await statusOf(readonly, '')).toBe(401);
    expect(await statusOf(readonly, '?readonly=true')).toBe(401);
    const api = await fetch(`${front.apiUrl}/devices`, { headers: { authorization: `Bearer ${readonly}` } });
    expect(api.status).toBe(401);
  });
});
