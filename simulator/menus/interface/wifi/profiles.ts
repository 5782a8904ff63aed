import type { MenuDefinition } from '../../../engine/definition.ts';
import { reference, text } from '../../../values/field-types.ts';
import { comment, disabled } from '../../row-fields.ts';
import { freeName } from '../typed-interface.ts';
import {
  AAA_FIELDS,
  CHANNEL_FIELDS,
  CONFIGURATION_FIELDS,
  DATAPATH_FIELDS,
  type Fields,
  INTERWORKING_FIELDS,
  optional,
  prefixed,
  SECURITY_FIELDS,
  STEERING_FIELDS,
} from './profile-fields.ts';

/** Kinds of profiles that others refer to, with their settings. */
const PARTS: Readonly<Record<string, Fields>> = {
  aaa: AAA_FIELDS,
  channel: CHANNEL_FIELDS,
  datapath: DATAPATH_FIELDS,
  interworking: INTERWORKING_FIELDS,
  security: SECURITY_FIELDS,
  steering: STEERING_FIELDS,
};

/** A reference to a profile of every kind, and every setting that may be overridden in place. */
export function profileReferences(root: string): Fields {
  const entries = Object.entries(PARTS).flatMap(([name, fields]) => [
    [name, optional(reference(`${root}/${name}`))] as const,
    ...Object.entries(prefixed(name, fields)),
  ]);
  return Object.fromEntries(entries);
}

/** The menus of the profiles below `/interface/wifi` or `/interface/wifiwave2`. */
export function profileMenus(root: string): MenuDefinition[] {
  const parts = Object.entries(PARTS).map(([name, fields]) => profileMenu(root, name, fields));
  return [...parts, profileMenu(root, 'configuration', { ...CONFIGURATION_FIELDS, ...profileReferences(root) })];
}

function profileMenu(root: string, name: string, fields: Fields): MenuDefinition {
  const path = `${root}/${name}`;
  return {
    path,
    kind: 'list',
    nameField: 'name',
    noun: `${name} profile`,
    fields: { comment, disabled, name: { type: text, default: (router) => freeName(router, name, path) }, ...fields },
    collision: (candidate, others) =>
      others.some((other) => other.values['name'] === candidate['name']) ? NAME_EXISTS : undefined,
  };
}

/** The refusal of a second profile with a name. */
const NAME_EXISTS = 'item with this name already exists';
