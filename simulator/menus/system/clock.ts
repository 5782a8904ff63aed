import type { Change, FieldType, MenuDefinition, RouterView } from '../../engine/definition.ts';
import { invalidValue, noMatch } from '../../engine/router-error.ts';
import { boolean } from '../../values/field-types.ts';
import { formatOffset, fromLocal, isSummerTime, isTimeZone, localTime, UTC } from '../../values/local-time.ts';
import { ntpStatus } from './ntp-client.ts';
import { computed } from '../row-fields.ts';

const date: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    if (!/^\d{4}-\d{2}-\d{2}$/.test(input) || Number.isNaN(Date.parse(input))) throw invalidValue(field);
    return input;
  },
};

const time: FieldType = {
  kind: 'text',
  parse: (input, field) => {
    if (!/^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(input)) throw invalidValue(field);
    return input.length === 5 ? `${input}:00` : input;
  },
};

const zone: FieldType = {
  kind: 'word',
  parse: (input, field) => {
    if (!isTimeZone(input)) throw noMatch(field);
    return input;
  },
};

export const systemClock: MenuDefinition = {
  path: '/system/clock',
  kind: 'singleton',
  noun: 'system time',
  fields: {
    date: { type: date, access: 'argument', compute: (_item, router) => local(router).date },
    'dst-active': computed((_item, router) => String(isSummerTime(router.clock.now(), router.timeZone()))),
    'gmt-offset': computed((_item, router) => formatOffset(local(router).offsetMinutes)),
    time: { type: time, access: 'argument', compute: (_item, router) => local(router).time },
    'time-zone-autodetect': { type: boolean, default: 'true' },
    'time-zone-name': { type: zone, default: UTC },
  },
  applied: setWallClock,
};

function setWallClock({ given }: Change, router: RouterView): void {
  if (!given.has('date') && !given.has('time')) return;
  // A synchronised NTP client puts the clock right again within moments.
  if (ntpStatus(router) === 'synchronized') return;
  const now = local(router);
  router.setWallClock(fromLocal(given.get('date') ?? now.date, given.get('time') ?? now.time, router.timeZone()));
}

function local(router: RouterView): ReturnType<typeof localTime> {
  return localTime(router.clock.now(), router.timeZone());
}
