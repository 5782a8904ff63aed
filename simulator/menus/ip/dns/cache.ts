import type { Item, MenuDefinition, RouterView } from '../../../engine/definition.ts';
import { flushCache, refreshAskedNames } from '../../../network/dns-cache.ts';
import { VALUE_FIELDS, type DnsType } from '../../../network/resolve-name.ts';
import { formatDuration, parseDurationMs } from '../../../values/duration.ts';
import { text } from '../../../values/field-types.ts';
import { computed } from '../../row-fields.ts';

const readOnly = { type: text, access: 'read-only' } as const;

const fields: MenuDefinition['fields'] = {
  data: readOnly,
  name: readOnly,
  static: readOnly,
  ttl: computed((item, router) => {
    const restMs = item.internal['expiresMs'];
    if (restMs === undefined) return item.values['ttl'];
    return formatDuration(Math.ceil(Math.max(0, restMs - router.clock.uptimeMs()) / 1000) * 1000);
  }),
  type: readOnly,
};

/** Everything that the resolver remembers: what was asked, also that names do not exist, and the static entries. */
export const ipDnsCacheAll: MenuDefinition = {
  path: '/ip/dns/cache/all',
  kind: 'list',
  rows: 'read-only',
  backedUp: false,
  fields,
  derived: (router) => {
    refreshAskedNames(router);
    return staticRecords(router);
  },
};

/** The addresses among them. */
export const ipDnsCache: MenuDefinition = {
  path: '/ip/dns/cache',
  kind: 'list',
  rows: 'read-only',
  fields,
  derived: (router) => {
    refreshAskedNames(router);
    return [...staticRecords(router), ...router.items('/ip/dns/cache/all')].filter(({ values }) =>
      ['A', 'AAAA'].includes(values['type'] ?? ''),
    );
  },
  commands: {
    flush: {
      policy: 'write',
      parameters: [],
      writes: true,
      run: (_args, router) => {
        flushCache(router);
        return { kind: 'done' };
      },
    },
  },
};

/** Entries of the configuration with a name of their own; their time does not run. */
function staticRecords(router: RouterView): Item[] {
  return router.items('/ip/dns/static').flatMap(({ id, values }) => {
    const { type = 'A', name, ttl = '1d', disabled } = values;
    const data = values[VALUE_FIELDS[type as DnsType] ?? ''];
    if (disabled === 'true' || name === undefined || data === undefined) return [];
    const row = { data, name, static: 'true', ttl: formatDuration(parseDurationMs(ttl) ?? 0), type };
    return [{ id: `*8${id.slice(1).padStart(6, '0')}`, dynamic: true, values: row, internal: {} }];
  });
}
