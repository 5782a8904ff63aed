import type { FleetEvent, FleetEventType } from '../../domain/fleet-event.ts';
import { placeOf, type PlanNotice } from '../../domain/notice.ts';
import { cleanText } from '../../routeros/untrusted-text.ts';

/** Events of one group in words; whatever a router or a person wrote is cleaned and cut in them. */
export interface Said {
  /** What happened, without a full stop. */
  title: string;
  /** More of it, a fact a line. */
  lines: string[];
  tone: Tone;
}

export type Tone = 'bad' | 'good' | 'neutral';

/** Names of a line; how many there are besides is said. */
const NAMED_AT_MOST = 10;
const NAME_CHARS = 64;
const TEXT_CHARS = 300;

/** Events of one type and place, in the order in which they happened. At least one. */
export function sayEvents(events: readonly [FleetEvent, ...FleetEvent[]]): Said {
  const [first] = events;
  if (first.type === 'device.status_changed') return sayStatuses(events);
  const devices = [...new Map(events.map((event) => [event.deviceId ?? event.key, event])).values()];
  const words = WORDS[first.type];
  if (devices.length === 1) {
    const last = events.at(-1) ?? first;
    const often = events.length === 1 ? '' : ` (${events.length} times)`;
    return { title: `${subjectOf(last)}${words.is(last)}${often}`, lines: words.more(last), tone: words.tone(last) };
  }
  return {
    title: `${placeName(first)}: ${words.are(devices.length)}`,
    lines: [namesOf(devices)],
    tone: words.tone(first),
  };
}

interface Words {
  /** After the name of the device. */
  is(event: FleetEvent): string;
  are(count: number): string;
  more(event: FleetEvent): string[];
  tone(event: FleetEvent): Tone;
}

const WORDS: Record<Exclude<FleetEventType, 'device.status_changed'>, Words> = {
  'device.certificate_changed': {
    is: () => ' shows another certificate',
    are: (count) => `${count} devices show another certificate`,
    more: ({ details }) => [
      ...line('Before: ', text(details['before'])),
      ...line('Now: ', text(details['after'])),
      'If nobody replaced it, somebody may be between Convoy and the device.',
    ],
    tone: () => 'bad',
  },
  'device.flapping': {
    is: ({ details }) => (details['isFlapping'] === false ? ' is steady again' : ' is flapping'),
    are: (count) => `${count} devices began or ceased flapping`,
    more: ({ details: { changes, withinSeconds } }) =>
      typeof changes === 'number' && typeof withinSeconds === 'number'
        ? [`Its status changed ${changes} times within ${withinSeconds} s.`]
        : [],
    tone: ({ details }) => (details['isFlapping'] === false ? 'good' : 'bad'),
  },
  'drift.found': {
    is: ({ details: { objects } }) =>
      typeof objects === 'number' ? ` differs from its baseline in ${objects} objects` : ' differs from its baseline',
    are: (count) => `${count} devices differ from their baselines`,
    more: ({ details: { menus } }) => line('In: ', list(menus)),
    tone: () => 'bad',
  },
  'drift.cleared': {
    is: () => ' is as its baseline says again',
    are: (count) => `${count} devices are as their baselines say again`,
    more: () => [],
    tone: () => 'good',
  },
  'snapshot.failed': {
    is: () => ' could not be saved in a snapshot',
    are: (count) => `no snapshot of ${count} devices`,
    more: ({ details: { code, message } }) => [text(code), text(message)].filter((one) => one !== ''),
    tone: () => 'bad',
  },
  'audit.anchored': {
    is: ({ details: { seq } }) => `The audit ends with entry ${text(seq)}`,
    are: (count) => `${count} anchors of the audit`,
    more: ({ details: { hash } }) => line('Its hash: ', text(hash)),
    tone: () => 'neutral',
  },
  'emergency.stopped': {
    is: ({ details: { scope } }) => `Emergency stop of ${text(scope)}`,
    are: (count) => `${count} emergency stops`,
    more: ({ details: { by, reason } }) => [...line('By: ', text(by)), ...line('Why: ', text(reason))],
    tone: () => 'bad',
  },
  'emergency.lifted': {
    is: ({ details: { scope } }) => `The emergency stop of ${text(scope)} is lifted`,
    are: (count) => `${count} emergency stops are lifted`,
    more: ({ details: { by, reason } }) => [...line('By: ', text(by)), ...line('Why: ', text(reason))],
    tone: () => 'good',
  },
};

/** Of events of many devices, how each device was before the first of its events and after the last. */
export function netStatuses(events: readonly FleetEvent[]): { event: FleetEvent; from: string; to: string }[] {
  const byDevice = new Map<string, { event: FleetEvent; from: string; to: string }>();
  for (const event of events) {
    const from = byDevice.get(event.deviceId ?? event.key)?.from ?? text(event.details['from'], 'unknown');
    byDevice.set(event.deviceId ?? event.key, { event, from, to: text(event.details['to'], 'unknown') });
  }
  return [...byDevice.values()];
}

function sayStatuses(events: readonly [FleetEvent, ...FleetEvent[]]): Said {
  const net = netStatuses(events);
  const [only] = net;
  if (only !== undefined && net.length === 1) {
    const { event, from, to } = only;
    const title = from === to ? `${to} again after a while` : `${to}, and was ${from}`;
    return {
      title: `${subjectOf(event)} is ${title}`,
      lines: reasonsOf(event),
      tone: from === to ? 'good' : toneOf(to),
    };
  }
  const parts = partsOf(net);
  const counts = parts.map(({ says, devices }) => `${devices.length} ${says}`).join(', ');
  return {
    title: `${placeName(events[0])}: ${parts.length === 1 ? `${net.length} devices ${parts[0]?.says}` : `of ${net.length} devices ${counts}`}`,
    lines: parts.flatMap(({ says, devices }) => [
      `${says}: ${namesOf(devices.map(({ event }) => event))}`,
      ...line('For the first: ', reasonsOf(devices[0]?.event)[0] ?? ''),
    ]),
    tone: parts.some(({ tone }) => tone === 'bad') ? 'bad' : 'good',
  };
}

type Net = ReturnType<typeof netStatuses>;

/** The bad news first. */
function partsOf(net: Net): { says: string; devices: Net; tone: Tone }[] {
  const byWords = new Map<string, { says: string; devices: Net; tone: Tone }>();
  for (const one of net) {
    const isSame = one.from === one.to;
    const says = isSame ? `${one.to} again after a while` : one.to === 'healthy' ? 'healthy again' : one.to;
    const part = byWords.get(says) ?? { says, devices: [], tone: isSame ? ('good' as const) : toneOf(one.to) };
    part.devices.push(one);
    byWords.set(says, part);
  }
  return [...byWords.values()].sort((one, other) => Number(one.tone === 'good') - Number(other.tone === 'good'));
}

function toneOf(status: string): Tone {
  return status === 'healthy' ? 'good' : 'bad';
}

/** Everything that quiet hours held back of one plan, in the order in which it happened. */
export function sayPlan(notices: readonly [PlanNotice, ...PlanNotice[]]): string {
  const [{ planId, kind, environment }] = notices;
  const steps = notices.map(({ type, at }) => `${type.replaceAll(/[._]/g, ' ')} (${clock(at)})`);
  return `Plan ${planId} (${kind}, ${environment}): ${steps.join(', ')}`;
}

/** `2026-03-29 01:30 UTC`. */
export function clock(at: string): string {
  return `${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export function deviceName({ deviceName: name, deviceId }: FleetEvent): string {
  return cleanText(name ?? deviceId ?? '', NAME_CHARS);
}

function subjectOf(event: FleetEvent): string {
  return event.deviceId === null ? '' : deviceName(event);
}

function placeName(event: FleetEvent): string {
  const place = placeOf(event);
  return place.startsWith('site:') ? `Site ${place.slice('site:'.length)}` : `Environment ${event.environment ?? '?'}`;
}

function namesOf(events: readonly FleetEvent[]): string {
  const named = events.slice(0, NAMED_AT_MOST).map(deviceName).join(', ');
  const more = events.length - NAMED_AT_MOST;
  return more > 0 ? `${named} and ${more} more` : named;
}

function reasonsOf(event: FleetEvent | undefined): string[] {
  const reasons = event?.details['reasons'];
  return Array.isArray(reasons) ? reasons.slice(0, 5).map((reason) => text(reason)) : [];
}

function list(value: unknown): string {
  return Array.isArray(value) ? text(value.slice(0, NAMED_AT_MOST).map(String).join(', ')) : '';
}

function line(label: string, value: string): string[] {
  return value === '' ? [] : [`${label}${value}`];
}

function text(value: unknown, absent = ''): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? cleanText(value, TEXT_CHARS) : absent;
}
