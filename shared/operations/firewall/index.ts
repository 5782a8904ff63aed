import { countConnections } from './count-connections.ts';
import { listFirewallRules } from './list-firewall-rules.ts';

export const FIREWALL_OPERATIONS = [listFirewallRules, countConnections];
