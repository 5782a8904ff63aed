import type { CapabilityFlag } from '../../../shared/domain/device.ts';
import type { Role, Scope } from '../../../shared/domain/principal.ts';

/** Who may do what, said once more and apart from the program: the tests compare it with what the program answers. */
export interface Right {
  roles: readonly Role[];
  /** One of them must be in the token. */
  scopes: readonly Scope[];
  doors: readonly Door[];
  /** From which phase on it exists. */
  phase: number;
  on: 'nothing' | 'device' | 'fleet' | 'plan';
  /** Flags each device must have. */
  flags: readonly CapabilityFlag[];
  /** Changes something. */
  writes: boolean;
  /** Refuses a call that names another environment than the target has. */
  namesEnvironment: boolean;
  /** Also of devices that are decommissioned. */
  ofRetired: boolean;
}

export type Door = 'mcp' | 'http';

const EVERYBODY: readonly Role[] = ['viewer', 'operator', 'approver', 'auditor', 'admin'];
const OPERATES: readonly Role[] = ['operator', 'admin'];
const STOPS: readonly Role[] = ['operator', 'approver', 'admin'];
const BOTH: readonly Door[] = ['mcp', 'http'];

const READ: Right = {
  roles: EVERYBODY,
  scopes: ['fleet:read'],
  doors: BOTH,
  phase: 0,
  on: 'nothing',
  flags: [],
  writes: false,
  namesEnvironment: false,
  ofRetired: false,
};
const DEVICE_READ: Right = { ...READ, on: 'device', phase: 1 };
const WRITE: Right = {
  ...READ,
  roles: OPERATES,
  scopes: ['fleet:write'],
  on: 'device',
  phase: 2,
  flags: ['allowAdvancedWrites'],
  writes: true,
  namesEnvironment: true,
};
const RUN_PLAN: Right = { ...WRITE, scopes: ['fleet:plan'], on: 'plan', phase: 3, flags: [] };
const STOP_PLAN: Right = { ...RUN_PLAN, roles: STOPS, scopes: ['fleet:plan', 'fleet:approve'] };
const ADMINISTER: Right = { ...READ, roles: ['admin'], scopes: ['fleet:admin'], doors: ['http'], writes: true };
const ADMINISTER_DEVICE: Right = { ...ADMINISTER, on: 'device' };

const GROUPS: readonly [Right, string][] = [
  [READ, 'list_devices get_fleet_summary list_audit_events'],
  [{ ...READ, doors: ['http'] }, 'list_operations'],
  [{ ...READ, doors: ['http'], phase: 1 }, 'list_emergency_stops export_device_metrics'],
  [{ ...READ, doors: ['mcp'] }, 'search fetch'],
  // Resources and completions only.
  [{ ...READ, doors: [] }, 'complete_argument'],
  [{ ...READ, doors: [], on: 'device', phase: 2 }, 'get_newest_snapshot'],
  [{ ...READ, phase: 1 }, 'read_fleet'],
  [{ ...READ, phase: 2 }, 'list_drift list_snapshots get_snapshot diff_snapshots'],
  [{ ...READ, phase: 3 }, 'list_plans'],
  [
    { ...READ, phase: 1, scopes: ['fleet:read', 'fleet:write', 'fleet:plan', 'fleet:approve', 'fleet:admin'] },
    'get_call',
  ],
  [{ ...READ, roles: ['auditor', 'admin'] }, 'verify_audit'],
  [{ ...READ, roles: ['auditor', 'admin'], doors: ['http'] }, 'export_audit explain_access'],

  [{ ...DEVICE_READ, phase: 0, ofRetired: true }, 'get_device'],
  [{ ...DEVICE_READ, phase: 0 }, 'check_connectivity'],
  [{ ...DEVICE_READ, ofRetired: true }, 'get_device_status get_resource_history get_device_metrics'],
  [
    DEVICE_READ,
    'ping traceroute diagnose_rest_service get_system_overview get_device_health get_system_clock get_system_packages ' +
      'get_cpu_load list_interfaces get_interface get_interface_rates list_ethernet_ports list_vlans list_bridges ' +
      'list_bridge_ports list_bridge_vlans list_bridge_hosts list_ip_addresses get_arp_table list_neighbors get_dns_status ' +
      'get_dns_cache list_dns_static get_ntp_status list_dhcp_servers list_dhcp_leases list_dhcp_clients list_pools ' +
      'get_routing_summary list_routes list_routing_peers list_firewall_rules count_connections list_address_list_entries ' +
      'list_wireless_interfaces list_wireless_clients list_capsman_access_points get_recent_logs get_logging_config ' +
      'list_services list_users list_certificates list_schedules get_config_export',
  ],

  [
    WRITE,
    'set_system_identity set_interface_comment set_interface_enabled add_ip_address remove_ip_address update_dns_servers ' +
      'flush_dns_cache update_ntp_servers',
  ],
  [{ ...WRITE, flags: ['allowAdvancedWrites', 'allowFirewallWrites'] }, 'update_address_list'],
  [{ ...WRITE, flags: ['allowBandwidthTest'] }, 'bandwidth_test'],
  [{ ...WRITE, scopes: ['fleet:read'], flags: [] }, 'take_snapshot check_drift'],
  [{ ...WRITE, flags: [] }, 'set_baseline acknowledge_drift'],
  [{ ...RUN_PLAN, on: 'device', flags: ['allowProfessionalWorkflows'] }, 'remediate_drift'],

  [
    { ...RUN_PLAN, on: 'fleet', flags: ['allowProfessionalWorkflows'] },
    'plan_interface_settings plan_ip_addresses plan_dns_ntp plan_identity plan_dns_static plan_composite ' +
      'plan_logging plan_snmp',
  ],
  [
    { ...RUN_PLAN, on: 'fleet', flags: ['allowProfessionalWorkflows', 'allowFirewallWrites'] },
    'plan_address_list_sync plan_firewall_filter',
  ],
  [{ ...RUN_PLAN, on: 'fleet', flags: ['allowProfessionalWorkflows', 'allowRoutingWrites'] }, 'plan_static_routes'],
  [
    { ...RUN_PLAN, on: 'fleet', flags: ['allowProfessionalWorkflows', 'allowDhcpWrites'] },
    'plan_dhcp_service plan_dhcp_leases',
  ],
  [{ ...RUN_PLAN, on: 'fleet', flags: ['allowProfessionalWorkflows', 'allowBridgeWrites'] }, 'plan_bridge_vlans'],
  [{ ...RUN_PLAN, on: 'fleet', flags: ['allowProfessionalWorkflows', 'allowWirelessWrites'] }, 'plan_wireless'],
  [{ ...READ, on: 'plan', phase: 3 }, 'get_plan wait_for_plan'],
  [{ ...READ, on: 'plan', phase: 3, doors: ['http'] }, 'get_plan_approvals'],
  [RUN_PLAN, 'replan apply_plan cancel_plan resume_rollout retry_failed_devices'],
  [STOP_PLAN, 'pause_rollout abort_rollout skip_devices rollback_plan'],

  [
    {
      ...READ,
      roles: STOPS,
      scopes: ['fleet:plan', 'fleet:approve', 'fleet:write', 'fleet:admin'],
      phase: 1,
      writes: true,
    },
    'emergency_stop',
  ],
  [{ ...ADMINISTER, phase: 1 }, 'lift_emergency_stop'],
  [ADMINISTER, 'register_device revoke_access restore_access'],
  [{ ...ADMINISTER, writes: false }, 'list_revocations'],
  [{ ...ADMINISTER, phase: 3 }, 'replay_webhook_delivery'],
  [{ ...ADMINISTER, phase: 3, writes: false }, 'list_webhook_deliveries'],
  [ADMINISTER_DEVICE, 'update_device test_device rotate_device_credentials'],
  [{ ...ADMINISTER_DEVICE, ofRetired: true }, 'decommission_device'],
  [{ ...ADMINISTER_DEVICE, phase: 1 }, 'renew_device_credentials'],
];

/** The right to every action, by its name. */
export const RIGHTS: Readonly<Record<string, Right>> = Object.fromEntries(
  GROUPS.flatMap(([right, names]) => names.split(' ').map((name) => [name, right])),
);
