import { listBridgeHosts } from './list-bridge-hosts.ts';
import { listBridgePorts } from './list-bridge-ports.ts';
import { listBridgeVlans } from './list-bridge-vlans.ts';
import { listBridges } from './list-bridges.ts';

export const BRIDGE_OPERATIONS = [listBridges, listBridgePorts, listBridgeVlans, listBridgeHosts];
