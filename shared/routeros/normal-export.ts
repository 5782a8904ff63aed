import { parseExport } from './config-export.ts';

/** An export without what differs between two of an idle router. */
export interface NormalExport {
  /** Commands of the console, one a line, each ended by a line feed; in the router's order, which matters. */
  text: string;
  version: string | null;
  lines: number;
  /** Menus the router could not export, as it says; empty when the export is complete. */
  failures: string[];
}

/**
 * The configuration alone, of a redacted export: its date, the board's facts and the router's remarks about the moment are
 * no part of it, and neither are spaces at the ends of lines.
 */
export function normalExport(text: string): NormalExport {
  const { lines, version, failures } = parseExport(text);
  const kept = lines.map((line) => line.trimEnd());
  return { text: kept.map((line) => `${line}\n`).join(''), version, lines: kept.length, failures };
}
