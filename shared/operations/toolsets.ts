/** Groups of tools a client can choose by URL (`/mcp?toolsets=dns,plans`), and what they are for. */
export const TOOLSETS = {
  fleet: 'The registry of devices, the state of the fleet, and one question to many devices at once',
  diagnostics: 'Connectivity, health, ping, traceroute and bandwidth tests',
  system: 'Identity, versions, packages, clock, NTP and load of a router',
  interfaces: 'Interfaces, rates, bridges, ports and VLANs',
  addresses: 'IP addresses, ARP and neighbours',
  dns: 'DNS settings, cache and static records',
  dhcp: 'DHCP servers, networks and leases',
  routing: 'Routes and the peers of routing protocols',
  firewall: 'Firewall rules, address lists and connections',
  wireless: 'Radios, access points and their clients, by whatever driver a router has',
  logs: 'Log entries and logging settings',
  security: 'Services, users, certificates, schedulers and scripts',
  configuration: 'Configuration as text, and snapshots of it',
  plans: 'Changes to many devices: proposed here, approved by people elsewhere',
  audit: 'Who did what, when and why',
} as const satisfies Record<string, string>;

export type Toolset = keyof typeof TOOLSETS;

export function isToolset(name: string): name is Toolset {
  return Object.hasOwn(TOOLSETS, name);
}
