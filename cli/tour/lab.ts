/** What a router itself says was done to it: the simulator's own journal, not Convoy's database. */
export interface JournalEntry {
  path: string;
  user: string;
  before: unknown;
  after: unknown;
}

/** The simulated routers' control port. */
export interface Lab {
  journal(device: string): Promise<JournalEntry[]>;
  /** From now on the router refuses this write. */
  refuseWrites(device: string, path: string): Promise<void>;
  clearFaults(device: string): Promise<void>;
  /** A singleton menu as the router holds it. */
  menu(device: string, path: string): Promise<Record<string, string>>;
}

export function openLab(controlUrl: string): Lab {
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${controlUrl}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`the simulator answered ${response.status} to ${method} ${path}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  };
  return {
    async journal(device) {
      const answer = (await ask('GET', `/devices/${device}/journal`)) as { entries: JournalEntry[] };
      return answer.entries;
    },
    async refuseWrites(device, path) {
      await ask('PUT', `/devices/${device}/faults`, [
        {
          kind: 'error',
          match: { method: 'POST', path },
          status: 400,
          detail: 'failure: not allowed by device-mode',
          count: 100,
        },
      ]);
    },
    clearFaults: async (device) => void (await ask('DELETE', `/devices/${device}/faults`)),
    async menu(device, path) {
      const { menus } = (await ask('GET', `/devices/${device}/state`)) as {
        menus: Record<string, Record<string, string>>;
      };
      return menus[path] ?? {};
    },
  };
}
