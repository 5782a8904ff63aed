import type { ErrorCode } from '../../shared/errors/codes.ts';
import { clipText } from '../../shared/routeros/device-text.ts';
import { redactText } from '../../shared/routeros/redact-console.ts';

/** What a router's words mean to us. */
export interface DeviceTextMeaning {
  code: ErrorCode;
  message: string;
  hint?: string;
}

/**
 * What the text of a refusal means: `detail` of a REST body, or a line that a command over SSH printed. Null when the
 * text is not among those that are known. Texts are matched by what they contain, because their ends differ.
 */
export function meaningOfDeviceText(
  text: string,
  { menu, effect }: { menu: string; effect: 'read' | 'write' },
): DeviceTextMeaning | null {
  const row = TEXTS.find(({ says }) => says.test(text));
  if (!row) return null;
  const code = effect === 'write' && row.leavesWriteUnclear ? 'OUTCOME_UNKNOWN' : row.code;
  return { code, message: row.message(menu), ...(row.hint === undefined ? {} : { hint: row.hint }) };
}

/** Whether the output of a command over SSH is a refusal: RouterOS has no exit status that could be relied upon. */
export function isRefusalText(output: string): boolean {
  return REFUSAL_LINE.test(output);
}

/** Whether what a script of `/execute` returned is the text of an error: those end with the place in the script. */
export function isScriptFailure(output: string): boolean {
  return SCRIPT_PLACE.test(output.trimEnd()) || isRefusalText(output);
}

/** The first line of a command's output that refuses it; empty when none does. */
export function refusalLine(output: string): string {
  return output.split(/\r?\n/).find((line) => REFUSAL_LINE.test(line)) ?? '';
}

/** The router's own words as they travel with an error: bounded, without secrets, and marked as nobody's but the router's. */
export function deviceTextDetails(text: string): { deviceText?: string; untrusted?: readonly string[] } {
  const shown = clipText(redactText(text), LONGEST_TEXT);
  return shown === '' ? {} : { deviceText: shown, untrusted: ['deviceText'] };
}

const LONGEST_TEXT = 300;

/** At the start of a line; what follows is the router's. */
const REFUSAL_LINE =
  /^(bad command name|syntax error|expected |no such (item|command)|invalid (value|item)|input does not match|missing value|value of .* (out of range|expects)|ambiguous|failure:|error:|not enough permissions|bad parameter|unknown parameter|Script Error|action (failed|timed out)|std failure|interrupted)/m;

/** `(/ip/service/set (certificate); line 1)`, `(line 1 column 5)`, `(:error; line 1)` at the end. */
const SCRIPT_PLACE = /\((.*; )?line \d+( column \d+)?\)$/;

interface TextRow {
  says: RegExp;
  code: ErrorCode;
  message: (menu: string) => string;
  hint?: string;
  /** The router gave up on itself: what it was asked to write may be done or not. */
  leavesWriteUnclear?: true;
}

/** The words of RouterOS 7.10 to 7.24, most special first. */
const TEXTS: readonly TextRow[] = [
  {
    // `not enough permissions (9)`, `std failure: not allowed (9)`
    says: /not enough permissions|not allowed \(9\)/i,
    code: 'DEVICE_PERMISSION_DENIED',
    message: (menu) => `The stored user may not do this in ${menu}.`,
    hint: "Give the user's group the policies read, write, api and rest-api, and those that the menu itself needs.",
  },
  {
    says: /not allowed by device-mode/i,
    code: 'DEVICE_MODE_DENIED',
    message: (menu) => `The device's mode does not allow this in ${menu}.`,
    hint: 'See /system/device-mode; changing it needs somebody at the device.',
  },
  {
    says: /session closed/i,
    code: 'DEVICE_SESSION_LIMIT',
    message: (menu) => `The device gave up on a request to ${menu} after its own time limit.`,
    hint: 'Ask for less: fewer fields, a shorter duration, a lower count.',
    leavesWriteUnclear: true,
  },
  {
    says: /action timed out/i,
    code: 'DEVICE_TIMEOUT',
    message: (menu) => `The device waited too long for a part of itself in ${menu}.`,
    leavesWriteUnclear: true,
  },
  {
    // `no such command or directory (wifi)`, `no such command prefix`, `bad command name foo (line 1 column 2)`
    says: /no such command|bad command name|expected command name/i,
    code: 'DEVICE_UNSUPPORTED',
    message: (menu) => `The device has no ${menu}, or not this command of it.`,
    hint: 'The menu belongs to a package, a board or a version that the device does not have.',
  },
  {
    // `failure: already have such address`, `server with such name already exists`, `pool with such name exists`
    says: /already have|already exists|already added|with the same name|such name exists/i,
    code: 'DEVICE_ENTRY_EXISTS',
    message: (menu) => `The device already has such an entry in ${menu}.`,
  },
  {
    says: /no such item|expected item id|invalid item number/i,
    code: 'DEVICE_ENTRY_MISSING',
    message: (menu) => `The device has no such entry in ${menu}.`,
  },
  {
    says: /dns name does not exist/i,
    code: 'DEVICE_REFERENCE_MISSING',
    message: () => 'The device found no address for the host name.',
    hint: 'Check the spelling, and which DNS servers the device asks; or give an address.',
  },
  {
    // The same words for a word of a fixed list and for a reference: the field tells them apart.
    says: /input does not match any value of (interface|interface-list|in-interface|out-interface|in-interface-list|out-interface-list|bridge|list|pool|address-pool|next-pool|server|group|user|routing-table|vrf|certificate|area|instance|template|parent|owner)\b/i,
    code: 'DEVICE_REFERENCE_MISSING',
    message: (menu) => `The request to ${menu} names something the device does not have.`,
    hint: 'Create what is referred to first, or check its spelling.',
  },
  {
    says: new RegExp(
      [
        'unknown parameter',
        'bad parameter',
        'missing =',
        'missing value',
        'missing or invalid resource identifier',
        'input does not match',
        'ambiguous value',
        'invalid (value|or unexpected argument)',
        'value of \\S+ (is )?(out of range|expects|contains)',
        'syntax error',
        'expected (end of command|variable name)',
        'only name or regexp allowed',
        'bad (mx data|new packet mark)',
        'invalid network',
        'can be specified if proto',
      ].join('|'),
      'i',
    ),
    code: 'DEVICE_VALUE_REFUSED',
    message: (menu) => `The device does not accept a field or value for ${menu}.`,
  },
  {
    says: /(^|\b)(std )?failure:|script error|action failed|interrupted|^error:/i,
    code: 'DEVICE_ERROR',
    message: (menu) => `The device refused the request to ${menu}.`,
  },
];
