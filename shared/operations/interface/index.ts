import { getInterface } from './get-interface.ts';
import { getInterfaceRates } from './get-interface-rates.ts';
import { listEthernetPorts } from './list-ethernet-ports.ts';
import { listInterfaces } from './list-interfaces.ts';
import { listVlans } from './list-vlans.ts';
import { setInterfaceComment } from './set-interface-comment.ts';
import { setInterfaceEnabled } from './set-interface-enabled.ts';

export const INTERFACE_OPERATIONS = [
  listInterfaces,
  getInterface,
  getInterfaceRates,
  listEthernetPorts,
  listVlans,
  setInterfaceComment,
  setInterfaceEnabled,
];
