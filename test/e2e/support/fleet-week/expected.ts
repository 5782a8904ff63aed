import { ROUTERS, SMALL_DISK, WEEK, type HandEdit, type WeekEvent } from './timeline.ts';

/** What is known only once it has happened. */
export interface WeekFacts {
  /** SHA-256 of a router's certificate before and after its renewal. */
  certificates: ReadonlyMap<string, { before: string; after: string }>;
}

/** What one router's lists show, oldest first, each as words. */
export interface RouterWeek {
  /** `from > to`, with `while flapping` and the reason where there is one. */
  statuses: string[];
  /** Events of the fleet. */
  events: string[];
  /** Why it was taken, and which of its configurations it shows. */
  snapshots: string[];
  drift: string[];
  /** Writes that reached it, by its own journal. */
  writes: string[];
}

export interface Week {
  /** What the endpoint took: type, title and devices, in no order. */
  messages: string[];
  routers: Record<string, RouterWeek>;
}

/** All that the timeline must come to, and nothing besides. It is made of the timeline alone. */
export function expectedWeek(facts: WeekFacts): Week {
  const week: Week = { messages: [], routers: {} };
  for (const { name } of ROUTERS) {
    week.routers[name] = {
      statuses: ['unknown > healthy'],
      events: [],
      snapshots: ['scheduled: built'],
      drift: [],
      writes: [],
    };
  }
  const configurations = new Map(ROUTERS.map(({ name }) => [name, 'built']));
  const saveAll = (reason: string): void => {
    for (const { name } of ROUTERS) of(week, name).snapshots.push(`${reason}: ${configurations.get(name)}`);
  };
  for (const { events } of WEEK) {
    saveAll(COMPARED);
    for (const event of events) {
      expectEvent(week, event, facts);
      if (event.is === 'hand_edits') expectEdits(week, event, configurations, saveAll);
    }
    saveAll('scheduled');
  }
  week.messages.sort();
  return week;
}

const COMPARED = 'compared with its baseline';

function of(week: Week, router: string): RouterWeek {
  const found = week.routers[router];
  if (found === undefined) throw new Error(`the timeline names no router ${router}`);
  return found;
}

function expectEvent(week: Week, event: WeekEvent, { certificates }: WeekFacts): void {
  switch (event.is) {
    case 'short_reboot':
    case 'hand_edits':
      return;
    case 'long_reboot':
    case 'dead_worker':
      return expectAway(week, event.router);
    case 'dead_site': {
      const names = ROUTERS.filter(({ site }) => site === event.site).map(({ name }) => name);
      for (const name of names) expectAwayOf(week, name);
      week.messages.push(
        message('device.status_changed', `Site ${event.site}: ${names.length} devices unreachable`, names),
        message('device.status_changed', `Site ${event.site}: ${names.length} devices healthy again`, names),
      );
      return;
    }
    case 'link_flaps': {
      const { router } = event;
      of(week, router).statuses.push('healthy > unreachable while flapping', 'unreachable > healthy while flapping');
      of(week, router).events.push('device.flapping: begins', 'device.flapping: ends');
      week.messages.push(
        message('device.flapping', `${router} is flapping`, [router]),
        message('device.flapping', `${router} is steady again`, [router]),
      );
      return;
    }
    case 'new_certificate': {
      const { before, after } = certificates.get(event.router) ?? { before: '?', after: '?' };
      of(week, event.router).events.push(`device.certificate_changed: ${before} > ${after}`);
      week.messages.push(
        message('device.certificate_changed', `${event.router} shows another certificate`, [event.router]),
      );
      expectCritical(week, event.router, `It shows a certificate that is not the trusted one (SHA-256 ${after}).`);
      return;
    }
    case 'full_disk':
      expectCritical(
        week,
        event.router,
        `The disk in use is ${event.fullPercent} %; critical from ${SMALL_DISK.critical} % on.`,
      );
  }
}

function expectAwayOf(week: Week, router: string): void {
  of(week, router).statuses.push('healthy > unreachable', 'unreachable > healthy');
  of(week, router).events.push(
    'device.status_changed: healthy > unreachable',
    'device.status_changed: unreachable > healthy',
  );
}

function expectAway(week: Week, router: string): void {
  expectAwayOf(week, router);
  week.messages.push(
    message('device.status_changed', `${router} is unreachable, and was healthy`, [router]),
    message('device.status_changed', `${router} is healthy, and was unreachable`, [router]),
  );
}

function expectCritical(week: Week, router: string, reason: string): void {
  of(week, router).statuses.push(`healthy > critical: ${reason}`, 'critical > healthy');
  of(week, router).events.push(
    `device.status_changed: healthy > critical: ${reason}`,
    'device.status_changed: critical > healthy',
  );
  week.messages.push(
    message('device.status_changed', `${router} is critical, and was healthy`, [router]),
    message('device.status_changed', `${router} is healthy, and was critical`, [router]),
  );
}

/** Found together, then one acknowledged, one put back by a plan, one by hand, and compared once more. */
function expectEdits(
  week: Week,
  { site, edits }: Extract<WeekEvent, { is: 'hand_edits' }>,
  configurations: Map<string, string>,
  saveAll: (reason: string) => void,
): void {
  const names = edits.map(({ router }) => router);
  for (const { router, menu, edit, kind, becomes } of edits) {
    configurations.set(router, 'edited');
    of(week, router).writes.push(`winbox ${menu} ${'set' in edit ? 'set' : 'add'}`);
    of(week, router).events.push(`drift.found: 1 in ${menu}`);
    of(week, router).drift.push(`${menu} ${kind} by admin, ${ENDS[becomes]}`);
  }
  saveAll(COMPARED);
  week.messages.push(
    message('drift.found', `Site ${site}: ${names.length} devices differ from their baselines`, names),
  );
  for (const edit of edits) expectEnd(week, edit, configurations);
  saveAll(COMPARED);
}

const ENDS: Record<HandEdit['becomes'], string> = {
  acknowledged: 'acknowledged',
  remediated: 'gone: restored',
  set_back: 'gone: restored',
};

function expectEnd(week: Week, { router, menu, becomes }: HandEdit, configurations: Map<string, string>): void {
  const { writes, events, snapshots } = of(week, router);
  if (becomes === 'acknowledged') return;
  configurations.set(router, 'built');
  events.push('drift.cleared');
  week.messages.push(message('drift.cleared', `${router} is as its baseline says again`, [router]));
  if (becomes === 'set_back') {
    writes.push(`winbox ${menu} remove`);
    return;
  }
  writes.push(`rest ${menu} set`);
  snapshots.push('before a plan: edited', 'after a plan: built');
  for (const type of ['plan.approval_needed', 'plan.approved', 'rollout.started', 'rollout.completed']) {
    week.messages.push(message(type, '', [router]));
  }
}

/** One message as the list of them shows it. */
export function message(type: string, title: string, devices: readonly string[]): string {
  return `${type} | ${title} | ${devices.toSorted().join(', ')}`;
}
