/** Changes of single kinds, to be made together. */
export const dns = (...dnsServers: string[]) => ({ kind: 'dns_ntp', input: { dnsServers } });
export const record = (more: Record<string, unknown>) => ({
  kind: 'dns_static',
  input: { records: [{ name: 'files.lan', type: 'A', ...more }] },
});
export const listed = (address: string) => ({
  kind: 'address_list_sync',
  input: { list: 'blocked', mode: 'add_only', entries: [{ address }] },
});
export const rule = (rules: Record<string, unknown>, place: unknown = 'top') => ({
  kind: 'firewall_filter',
  input: { changes: [{ op: 'add', chain: 'input', ruleId: 'ours', rule: rules, place }] },
});
export const drop = rule({ action: 'drop', srcAddressList: 'blocked' });
