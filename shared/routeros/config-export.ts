import type { ExportMenu } from './export-menus.ts';
import { redactConsole } from './redact-console.ts';

export interface ExportOptions {
  /** The part of the configuration. Default: all of it. */
  menu?: ExportMenu | undefined;
  /** `terse`: every line names its menu, as `/ip dns set …`. `compact`: lines of a menu stand below its name. */
  format: 'terse' | 'compact';
}

/** A router's configuration as text, and the way it was got by. */
export interface ExportedText {
  /** Whole lines, with their secrets masked. */
  text: string;
  transport: 'rest' | 'ssh';
}

/** A configuration export, taken apart. */
export interface ConfigExport {
  /** When it was made by the router's own clock, as it printed it; null when the header lacks it. */
  localTime: string | null;
  version: string | null;
  softwareId: string | null;
  model: string | null;
  serialNumber: string | null;
  /** The configuration. */
  lines: string[];
  /** What the router remarks about this moment, such as an interface that is not ready; two exports may differ in it. */
  notes: string[];
  /** What it could not export; empty when the export is complete. */
  failures: string[];
}

/**
 * The text with whole lines, in which secrets are masked that a router exports in the clear, such as the names of SNMP
 * communities. Of any line ends.
 */
export function redactExport(text: string): string {
  let menu = '';
  const lines = text
    .replaceAll('\r\n', '\n')
    .replace(WRAPPED, '')
    .split('\n')
    .map((line) => {
      if (line.startsWith('#')) return line;
      menu = MENU.exec(line)?.[0] ?? menu;
      return redactConsole(menu.replaceAll(' ', '/'), line);
    });
  return lines.join('\n');
}

/** Takes an export apart, of whole lines as `redactExport` leaves them. */
export function parseExport(text: string): ConfigExport {
  const parsed: ConfigExport = {
    localTime: null,
    version: null,
    softwareId: null,
    model: null,
    serialNumber: null,
    lines: [],
    notes: [],
    failures: [],
  };
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) readRemark(line, parsed);
    else if (line.trim() !== '') parsed.lines.push(line);
  }
  return parsed;
}

function readRemark(line: string, into: ConfigExport): void {
  if (FAILED.test(line)) {
    into.failures.push(line);
    return;
  }
  const made = MADE.exec(line);
  const fact = FACT.exec(line);
  if (made && into.version === null) {
    into.localTime = made[1] ?? null;
    into.version = made[2] ?? null;
  } else if (fact) {
    into[FIELD_OF_FACT[fact[1]!]!] = fact[2] === '' ? null : fact[2]!;
  } else if (line.replace(/^#+\s*/, '') !== '') {
    into.notes.push(line);
  }
}

/** A break may fall anywhere in a line, also inside quotes; a space that matters stands before the backslash. */
const WRAPPED = /\\\n\s+/g;
/** Since 7.11 a menu that does not answer is left out with such a remark; before, the export ended there. */
const FAILED = /^#\s*error exporting\b/i;
/** `# 2024-10-25 12:09:43 by RouterOS 7.15.2`; before 7.10 `# jan/02/2023 10:00:00 by RouterOS 7.8`. */
const MADE = /^# (\S+ \d{2}:\d{2}:\d{2}) by RouterOS (\S+)/;
const FACT = /^# (software id|model|serial number) = ?(.*?)\s*$/;
const FIELD_OF_FACT: Readonly<Record<string, 'softwareId' | 'model' | 'serialNumber'>> = {
  'software id': 'softwareId',
  model: 'model',
  'serial number': 'serialNumber',
};
/** `/ip firewall filter` alone, or in front of a command. */
const MENU = /^\/[a-z0-9-]+(?: (?!(?:add|set|remove|unset|enable|disable|move|print)\b)[a-z0-9-]+(?=\s|$))*/;
