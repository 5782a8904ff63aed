import { describe, expect, test } from 'vitest';
import {
  deviceTextDetails,
  isRefusalText,
  meaningOfDeviceText,
  refusalLine,
} from '../../../activities/routeros/device-texts.ts';
import { refusalOf } from '../../../activities/routeros/refusals.ts';
import type { ErrorCode } from '../../../shared/errors/codes.ts';

/** What RouterOS says over REST, by status, and what we make of it: for a read, and for a write where that differs. */
const REST: [number, string | undefined, ErrorCode, ErrorCode?][] = [
  [401, undefined, 'DEVICE_AUTH_FAILED'],
  [404, undefined, 'DEVICE_REPLY_INVALID', 'DEVICE_ENTRY_MISSING'],
  [400, 'no such command or directory (nonexistent)', 'DEVICE_UNSUPPORTED'],
  [400, 'no such command', 'DEVICE_UNSUPPORTED'],
  [400, 'no such command prefix', 'DEVICE_UNSUPPORTED'],
  [406, 'no such command or directory (remove)', 'DEVICE_UNSUPPORTED'],
  [400, 'missing or invalid resource identifier', 'DEVICE_VALUE_REFUSED'],
  [400, 'unknown parameter x', 'DEVICE_VALUE_REFUSED'],
  [400, 'missing =address=', 'DEVICE_VALUE_REFUSED'],
  [400, 'missing value(s) of argument(s) password', 'DEVICE_VALUE_REFUSED'],
  [400, 'input does not match any value of interface', 'DEVICE_REFERENCE_MISSING'],
  [400, 'input does not match any value of interface-list', 'DEVICE_REFERENCE_MISSING'],
  [400, 'input does not match any value of routing-table', 'DEVICE_REFERENCE_MISSING'],
  [400, 'input does not match any value of address-pool', 'DEVICE_REFERENCE_MISSING'],
  [400, 'input does not match any value of certificate', 'DEVICE_REFERENCE_MISSING'],
  [400, 'input does not match any value of action', 'DEVICE_VALUE_REFUSED'],
  [400, 'ambiguous value of protocol, more than one possible value matches input', 'DEVICE_VALUE_REFUSED'],
  [400, 'value of priority out of range (1..254)', 'DEVICE_VALUE_REFUSED'],
  [400, 'value of activation-timeout is out of range (00:00:10 .. 1d00:00:00)', 'DEVICE_VALUE_REFUSED'],
  [400, 'invalid value for argument address', 'DEVICE_VALUE_REFUSED'],
  [400, 'invalid value of mac, mac address required', 'DEVICE_VALUE_REFUSED'],
  [400, 'value of mtu contains invalid trailing characters', 'DEVICE_VALUE_REFUSED'],
  [400, 'value of range expects range of ip addresses', 'DEVICE_VALUE_REFUSED'],
  [400, 'invalid or unexpected argument base', 'DEVICE_VALUE_REFUSED'],
  [400, 'failure: already have such address', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: already have such entry', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: already have interface with such name', 'DEVICE_ENTRY_EXISTS'],
  [400, 'already have device with such name', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: device already added as bridge port', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: server with such name already exists', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: such network already exists', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: already have static lease for this client', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: entry already exists', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: user with the same name already exists', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: item with this name already exists', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: pool with such name exists', 'DEVICE_ENTRY_EXISTS'],
  [400, 'failure: invalid network', 'DEVICE_VALUE_REFUSED'],
  [400, 'failure: bad MX data', 'DEVICE_VALUE_REFUSED'],
  [400, 'failure: only name or regexp allowed', 'DEVICE_VALUE_REFUSED'],
  [400, 'failure: group has some users', 'DEVICE_ERROR'],
  [400, 'failure: can not move object before itself', 'DEVICE_ERROR'],
  [400, 'failure: dns name does not exist', 'DEVICE_REFERENCE_MISSING'],
  [400, 'failure: this is configured elsewhere', 'DEVICE_ERROR'],
  [400, 'failure: not allowed by device-mode', 'DEVICE_MODE_DENIED'],
  [500, 'not enough permissions (9)', 'DEVICE_PERMISSION_DENIED'],
  [500, 'std failure: not allowed (9)', 'DEVICE_PERMISSION_DENIED'],
  [403, undefined, 'DEVICE_PERMISSION_DENIED'],
  [400, 'Session closed', 'DEVICE_SESSION_LIMIT', 'OUTCOME_UNKNOWN'],
  [
    400,
    'action timed out - try again, if error continues contact MikroTik support and send a supout file (13)',
    'DEVICE_TIMEOUT',
    'OUTCOME_UNKNOWN',
  ],
  [400, 'action failed (6)', 'DEVICE_ERROR'],
  [415, undefined, 'DEVICE_ERROR'],
  [500, undefined, 'DEVICE_ERROR', 'OUTCOME_UNKNOWN'],
  [400, 'words nobody has seen', 'DEVICE_ERROR'],
];

test.each(REST)('REST %i "%s" is %s', (status, detail, read, write = read) => {
  const body = { ...(detail === undefined ? {} : { detail }), error: status, message: 'Reason' };
  const reply = { status, bytes: Buffer.from(JSON.stringify(body)) };
  expect(refusalOf(reply, { menu: '/ip/address', effect: 'read' }).code).toBe(read);
  expect(refusalOf(reply, { menu: '/ip/address', effect: 'write' }).code).toBe(write);
});

/** Lines that commands over SSH print, whose exit status says nothing. */
const SSH: [string, ErrorCode][] = [
  ['bad command name foo (line 1 column 2)', 'DEVICE_UNSUPPORTED'],
  ['expected command name (line 1 column 4)', 'DEVICE_UNSUPPORTED'],
  ['no such command or directory (x)', 'DEVICE_UNSUPPORTED'],
  ['syntax error (line 1 column 5)', 'DEVICE_VALUE_REFUSED'],
  ['expected end of command (line 1 column 14)', 'DEVICE_VALUE_REFUSED'],
  ['expected variable name', 'DEVICE_VALUE_REFUSED'],
  ['no such item', 'DEVICE_ENTRY_MISSING'],
  ['no such item (4)', 'DEVICE_ENTRY_MISSING'],
  ['expected item id (line 1 column 20)', 'DEVICE_ENTRY_MISSING'],
  ['invalid item number', 'DEVICE_ENTRY_MISSING'],
  ['input does not match any value of interface', 'DEVICE_REFERENCE_MISSING'],
  ['invalid value for argument address', 'DEVICE_VALUE_REFUSED'],
  ['value of dst-port expects range of ip addresses', 'DEVICE_VALUE_REFUSED'],
  ['missing value(s) of argument(s) interface', 'DEVICE_VALUE_REFUSED'],
  ['bad parameter foo (line 1 column 28)', 'DEVICE_VALUE_REFUSED'],
  ['unknown parameter', 'DEVICE_VALUE_REFUSED'],
  ['failure: already have such address', 'DEVICE_ENTRY_EXISTS'],
  ['failure: something of its own', 'DEVICE_ERROR'],
  ['not enough permissions (9)', 'DEVICE_PERMISSION_DENIED'],
  ['interrupted', 'DEVICE_ERROR'],
  ['action timed out - try again, if error continues contact MikroTik support (13)', 'DEVICE_TIMEOUT'],
  ['Script Error: failure: already have such entry', 'DEVICE_ENTRY_EXISTS'],
  ['Script Error: something', 'DEVICE_ERROR'],
  ['ambiguous value of protocol, more than one possible value matches input', 'DEVICE_VALUE_REFUSED'],
];

describe('over SSH', () => {
  test.each(SSH)('"%s" is %s', (line, code) => {
    expect(isRefusalText(line)).toBe(true);
    expect(refusalLine(`some output\r\n${line}\r\nmore`)).toBe(line);
    expect(meaningOfDeviceText(line, { menu: '/ip/address', effect: 'read' })?.code).toBe(code);
  });

  test.each([
    '',
    '                   uptime: 3h5m54s',
    '/ip firewall filter\r\nadd action=drop chain=input comment="failure: not an error here"',
    'Configuration backup saved',
    'Script file loaded and executed successfully',
    '0 R  name=ether1 type=ether',
  ])('%o is no refusal', (output) => {
    expect(isRefusalText(output)).toBe(false);
    expect(refusalLine(output)).toBe('');
  });
});

test('carries the words of the router as data: bounded, printable, without secrets, marked as untrusted', () => {
  const { deviceText, untrusted } = deviceTextDetails(`failure: password=hunter2 \u202e\n${'x'.repeat(1_000)}`);
  expect(untrusted).toEqual(['deviceText']);
  expect(deviceText).toHaveLength(300);
  expect(deviceText).not.toMatch(/hunter2|\n|\u202e/);
  expect(deviceTextDetails('')).toEqual({});
});

test('says nothing about words it does not know', () => {
  expect(meaningOfDeviceText('words nobody has seen', { menu: '/log', effect: 'read' })).toBeNull();
});
