import type { Field, MenuDefinition } from '../../engine/definition.ts';
import { text } from '../../values/field-types.ts';
import { freeName } from '../interface/typed-interface.ts';
import { comment } from '../row-fields.ts';
import {
  CHANNEL_FIELDS,
  CONFIGURATION_FIELDS,
  DATAPATH_FIELDS,
  DATAPATH_INTERFACE_FIELDS,
  profileReferences,
  RATES_FIELDS,
  SECURITY_FIELDS,
} from './profile-fields.ts';

const DATAPATH = { ...DATAPATH_FIELDS, ...DATAPATH_INTERFACE_FIELDS };

/** The profiles of the older CAPsMAN. */
export const CAPS_MAN_PROFILES: readonly MenuDefinition[] = [
  profileMenu('channel', CHANNEL_FIELDS),
  profileMenu('configuration', { ...CONFIGURATION_FIELDS, ...profileReferences(DATAPATH) }),
  profileMenu('datapath', DATAPATH),
  profileMenu('rates', RATES_FIELDS),
  profileMenu('security', SECURITY_FIELDS),
];

function profileMenu(name: string, fields: Readonly<Record<string, Field>>): MenuDefinition {
  const path = `/caps-man/${name}`;
  return {
    path,
    kind: 'list',
    nameField: 'name',
    noun: `caps-man ${name}`,
    fields: { comment, name: { type: text, default: (router) => freeName(router, name, path) }, ...fields },
    collision: (candidate, others) =>
      others.some((other) => other.values['name'] === candidate['name']) ? NAME_EXISTS : undefined,
  };
}

/** The refusal of a second profile with a name. */
const NAME_EXISTS = 'item with this name already exists';
