import { z } from 'zod';
import { toIsoTime, toRouterClock, type RouterClock } from '../../routeros/local-time.ts';
import type { RouterRecord } from '../../routeros/router.ts';
import { toBoolean, toList, toRequiredText } from '../../routeros/values.ts';
import { defineListRead } from '../define-list-read.ts';
import { isWanted } from '../list-filters.ts';
import { CommentText, Name, Time, Word } from '../output-fields.ts';

const USER = '/user';
const GROUP = '/user/group';
const ACTIVE = '/user/active';
const CLOCK = '/system/clock';
const FIELDS = ['name', 'group', 'address', 'last-logged-in', 'disabled', 'expired', 'comment'];
const MOST_GROUPS = 100;

const User = z.strictObject({
  id: Word,
  name: Name,
  group: Name,
  enabled: z.boolean(),
  /** The password must be changed at the next login. */
  passwordExpired: z.boolean(),
  /** Networks the user may come from; none: from everywhere. */
  allowedAddresses: z.array(Word),
  /** Logins over REST do not count. */
  lastLogin: Time,
  activeSessions: z.int(),
  comment: CommentText,
});

export const listUsers = defineListRead({
  name: 'list_users',
  title: 'Users and groups of a router',
  summary:
    'Who may log in to a router: users with group, allowed addresses, last login and open sessions, and the policies of each group. No passwords or keys.',
  toolset: 'security',
  phase: 1,
  paths: [USER, GROUP, ACTIVE, CLOCK],
  filters: z.strictObject({
    group: z.string().min(1).max(128).optional().describe('Only users of this group, such as "full"'),
    enabled: z.boolean().optional().describe('Only users that may log in (true) or are disabled (false)'),
  }),
  item: User,
  items: 'users',
  about: z.strictObject({
    groups: z.array(z.strictObject({ name: Name, policies: z.array(Word), comment: CommentText })),
    /** Of all users, those of RADIUS among them. */
    activeSessions: z.int(),
  }),
  limits: { usual: 50, most: 500 },
  isSensitive: true,
  read: async (router, { group, enabled }) => {
    const clock = toRouterClock(await router.get(CLOCK));
    const groups = await router.list(GROUP, { fields: ['name', 'policy', 'comment'] });
    const sessions = await router.list(ACTIVE, { fields: ['name'] });
    const users = (await router.list(USER, { fields: FIELDS })).map((row) => toUser(row, sessions, clock));
    return {
      rows: users.filter((user) => isWanted(group, user.group) && isWanted(enabled, user.enabled)),
      about: { groups: groups.slice(0, MOST_GROUPS).map(toGroup), activeSessions: sessions.length },
    };
  },
});

function toUser(row: RouterRecord, sessions: readonly RouterRecord[], clock: RouterClock): z.input<typeof User> {
  const name = toRequiredText(row['name'], 'name');
  return {
    id: toRequiredText(row['.id'], '.id'),
    name,
    group: row['group'] ?? '',
    enabled: !toBoolean(row['disabled']),
    passwordExpired: toBoolean(row['expired']),
    allowedAddresses: toList(row['address']),
    lastLogin: toIsoTime(row['last-logged-in'], clock),
    activeSessions: sessions.filter((session) => session['name'] === name).length,
    comment: row['comment'] ?? null,
  };
}

/** A policy that the group lacks is listed with `!` in front. */
function toGroup(row: RouterRecord): { name: string; policies: string[]; comment: string | null } {
  return {
    name: toRequiredText(row['name'], 'name'),
    policies: toList(row['policy']).filter((policy) => !policy.startsWith('!')),
    comment: row['comment'] ?? null,
  };
}
