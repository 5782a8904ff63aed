import type { Router, RouterRecord } from '../../shared/routeros/router.ts';

/** What one operation got from a router, in the order in which it asked. */
export interface Recording {
  facts: unknown[];
  /** Answers by what was asked; records are lists of one. */
  answers: Map<string, RouterRecord[]>;
  /** Fields of those answers that hold text. */
  fields: Set<string>;
}

/** The router with everything it answers kept in the recording. */
export function recording(router: Router): { router: Router; recording: Recording } {
  const kept: Recording = { facts: [], answers: new Map(), fields: new Set() };
  const keep = (asked: string, rows: readonly RouterRecord[]): void => {
    kept.answers.set(asked, [...rows]);
    for (const row of rows) for (const field of Object.keys(row)) kept.fields.add(field);
  };
  return {
    recording: kept,
    router: {
      ...router,
      transport: router.transport,
      facts: () => router.facts(),
      count: (menu, only) => router.count(menu, only),
      async get(menu) {
        const record = await router.get(menu);
        keep(`get ${menu}`, [record]);
        return record;
      },
      async list(menu, options) {
        const rows = await router.list(menu, options);
        keep(`list ${menu}`, rows);
        return rows;
      },
      async run(menu, command, args, options) {
        const reply = await router.run(menu, command, args, options);
        keep(`run ${menu} ${command}`, reply.rows);
        return reply;
      },
      exportConfiguration: (options) => router.exportConfiguration(options),
      async inspectServices() {
        const found = await router.inspectServices();
        keep('services', found.services);
        return found;
      },
    },
  };
}

/** A router that answers as recorded, but holds `text` in one field of every row; without any rows it gets one. */
export function withText(router: Router, { answers }: Recording, field: string, text: string): Router {
  const changed = (asked: string): RouterRecord[] =>
    (answers.get(asked) ?? []).map((row) => (field in row ? { ...row, [field]: text } : row));
  return {
    ...router,
    transport: router.transport,
    facts: () => router.facts(),
    get: async (menu) => changed(`get ${menu}`)[0] ?? {},
    count: async () => 1,
    list: async (menu) => changed(`list ${menu}`),
    run: async (menu, command) => ({ rows: changed(`run ${menu} ${command}`), ret: null }),
    exportConfiguration: async () => ({ text: `# ${text}\n/system identity set name="${text}"\n`, transport: 'rest' }),
    inspectServices: async () => ({ services: changed('services'), webserver: null }),
  };
}
