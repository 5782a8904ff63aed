import { listCapsmanAccessPoints } from './list-capsman-access-points.ts';
import { listWirelessClients } from './list-wireless-clients.ts';
import { listWirelessInterfaces } from './list-wireless-interfaces.ts';

export const WIRELESS_OPERATIONS = [listWirelessInterfaces, listWirelessClients, listCapsmanAccessPoints];
