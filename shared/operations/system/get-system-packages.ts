import { z } from 'zod';
import { toIsoTime, type RouterClock } from '../../routeros/local-time.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toBytes, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { Time, Word } from '../output-fields.ts';

const PACKAGE = '/system/package';
const UPDATE = '/system/package/update';
const FIELDS = ['name', 'version', 'build-time', 'disabled', 'available', 'scheduled', 'size'];

const Package = z.strictObject({
  name: Word,
  version: Word.nullable(),
  buildTime: Time,
  installed: z.boolean(),
  enabled: z.boolean(),
  /** What happens to it at the next start: `enable`, `disable`, `uninstall` …; null: nothing. */
  scheduled: Word.nullable(),
  sizeBytes: z.number().nullable(),
});

export const getSystemPackages = defineListRead({
  name: 'get_system_packages',
  title: 'Packages',
  summary:
    "A router's packages, installed and available, with version, build time and what is scheduled; the update channel and its newest known version.",
  toolset: 'system',
  phase: 1,
  paths: [PACKAGE, UPDATE],
  filters: z.strictObject({
    state: z
      .enum(['installed', 'available', 'scheduled'])
      .optional()
      .describe('Only packages that are installed, could be installed, or change at the next start'),
  }),
  item: Package,
  items: 'packages',
  about: z.strictObject({
    installedCount: z.int(),
    availableCount: z.int(),
    scheduledCount: z.int(),
    updateChannel: Word.nullable(),
    /** As the router's last check found it; null when it never checked since it started. */
    latestVersion: Word.nullable(),
  }),
  limits: { usual: 50, most: 200 },
  read: async (router, { state }) => {
    const update = await router.get(UPDATE);
    const packages = (await router.list(PACKAGE, { fields: FIELDS })).map(toPackage);
    return {
      rows: packages.filter((row) => state === undefined || IS[state](row)),
      about: {
        installedCount: packages.filter(IS.installed).length,
        availableCount: packages.filter(IS.available).length,
        scheduledCount: packages.filter(IS.scheduled).length,
        updateChannel: update['channel'] ?? null,
        latestVersion: update['latest-version'] || null,
      },
    };
  },
});

type PackageRow = z.input<typeof Package>;

const IS = {
  installed: ({ installed }: PackageRow) => installed,
  available: ({ installed }: PackageRow) => !installed,
  scheduled: ({ scheduled }: PackageRow) => scheduled !== null,
} as const;

function toPackage(row: RouterRecord): PackageRow {
  return {
    name: toRequiredText(row['name'], 'name'),
    version: row['version'] || null,
    buildTime: toIsoTime(row['build-time'], GREENWICH),
    // Before 7.18 only installed ones are listed, without the field.
    installed: !toBoolean(row['available']),
    enabled: !toBoolean(row['disabled']) && !toBoolean(row['available']),
    scheduled: (row['scheduled'] ?? '').replace(/^scheduled for /, '') || null,
    sizeBytes: toBytes(row['size']),
  };
}

/** Build times are those of the makers' machines, not of the router's zone. */
const GREENWICH: RouterClock = { date: '1970-01-01', time: '00:00:00', offsetSeconds: 0 };
