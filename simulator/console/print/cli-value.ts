import { quote } from '../language/quoted-text.ts';

/** A printed value as the console writes it: `yes` and `no`, and figures with their units. */
export function cliValue(path: string, name: string, value: string): string {
  if (value === 'true') return 'yes';
  if (value === 'false') return 'no';
  if (!/^\d+$/.test(value)) return value;
  if (isBytes(path, name)) return formatBytes(Number(value));
  if (name === 'cpu-frequency') return `${value}MHz`;
  if (PERCENTAGES.has(name)) return `${value}%`;
  if (path === '/ip/dns' && KIBIBYTES.has(name)) return `${value}KiB`;
  return isCounter(path, name) ? groupDigits(value) : value;
}

/** Does the property count traffic? The console shows those only with `stats`. */
export function isCounter(path: string, name: string): boolean {
  return /^\/interface|\/firewall\/|^\/queue\//.test(path) && COUNTERS.test(name);
}

const COUNTERS = /^(fp-)?(rx|tx)-(bytes?|packet|drop|error|queue-drop|multicast|broadcast)$|^(bytes|packets)$/;

const BYTES = new Set(['free-memory', 'total-memory', 'free-hdd-space', 'total-hdd-space']);
const PERCENTAGES = new Set(['cpu-load', 'bad-blocks', 'packet-loss']);
const KIBIBYTES = new Set(['cache-size', 'cache-used']);

function isBytes(path: string, name: string): boolean {
  return BYTES.has(name) || (name === 'size' && (path === '/file' || path === '/system/package'));
}

/** `876.2MiB`: one digit after the point from a kibibyte on. */
function formatBytes(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  if (bytes < 1024 ** 2) return `${(bytes / 1024).toFixed(1)}KiB`;
  return `${(bytes / 1024 ** 2).toFixed(1)}MiB`;
}

/** `1 234 567` */
function groupDigits(digits: string): string {
  return digits.replaceAll(/\B(?=(\d{3})+$)/g, ' ');
}

/** Properties that are quoted whatever they hold. */
const TEXTS = new Set(['name', 'default-name', 'on-event', 'source', 'owner', 'note', 'host-name', 'identity']);

/** `name="ether1"`, `mtu=1500`: a property as `print detail` writes it. */
export function cliPair(path: string, name: string, value: string): string {
  const shown = cliValue(path, name, value);
  return `${name}=${TEXTS.has(name) || /[\s"\\;$[\](){}]/.test(value) ? quote(shown) : shown}`;
}
