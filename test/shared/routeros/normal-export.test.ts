import { expect, test } from 'vitest';
import { redactExport } from '../../../shared/routeros/config-export.ts';
import { normalExport } from '../../../shared/routeros/normal-export.ts';

const LINES = '/ip dns set servers=9.9.9.9\n/ip firewall filter add action=drop chain=input\n';

test('two exports of an idle router are the same text, whatever the router remarks about the moment', () => {
  const first = `# 2024-10-25 12:09:43 by RouterOS 7.15.2\r\n# software id = A0AA-AAA0\r\n#\r\n${LINES.replaceAll('\n', '\r\n')}`;
  const second = [
    '# 2024-11-26 00:00:01 by RouterOS 7.15.2',
    '# software id = A0AA-AAA0',
    '# model = L009UiGS',
    '# Firmware upgraded successfully, please reboot for changes to take effect!',
    '/ip dns set servers=9.9.9.9  ',
    '# ether2 not ready',
    '# inactive time',
    '/ip firewall filter add action=drop chain=input',
    '',
  ].join('\n');
  for (const text of [first, second]) {
    expect(normalExport(redactExport(text))).toEqual({ text: LINES, version: '7.15.2', lines: 2, failures: [] });
  }
});

test('the order of lines is part of the configuration, and so is every character inside of them', () => {
  const text = '/ip firewall filter add comment="# not a remark  " chain=input\n/ip dns set servers=9.9.9.9\n';
  expect(normalExport(text)).toMatchObject({ text, version: null, lines: 2 });
});

test('an export that left a menu out says which', () => {
  const { failures, lines } = normalExport(`#error exporting "/interface/wifi" (timeout)\n${LINES}`);
  expect([failures, lines]).toEqual([['#error exporting "/interface/wifi" (timeout)'], 2]);
});
