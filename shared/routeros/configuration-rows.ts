/** An entry of a menu, or a singleton's settings; only what differs from what RouterOS comes with, as exports are. */
export interface ConfigurationRow {
  /** Unique in its menu and the same as long as the row is the same: `interface=ether2`; empty for a singleton. */
  key: string;
  /** The fields that the key is made of, to find the row on the router; `numbers` for one that is known by its place. */
  rowKey: Record<string, string>;
  /** `set`: the router has the row by itself, and without this it would have its defaults. `add`: without, it is gone. */
  command: 'add' | 'set';
  /** Fields as the console writes them (`yes`, `1m30s`); secrets are masked, a flag that is there is empty. */
  values: Record<string, string>;
}

/** The part of a configuration that one menu holds, its rows in the router's order. */
export interface ConfigurationMenu {
  /** `/ip/firewall/filter` */
  menu: string;
  /** The order of its rows means something. */
  isOrdered: boolean;
  isSingleton: boolean;
  rows: ConfigurationRow[];
}

/** The key without the number that tells rows apart which are named alike. */
export function nameOfKey(key: string): string {
  return key.replace(/ #\d+$/, '');
}
