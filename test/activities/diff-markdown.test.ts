import { describe, expect, it } from 'vitest';
import { diffMarkdown } from '../../activities/fleet/diff-markdown.ts';
import type { Change } from '../../shared/domain/change.ts';

function change(after: string, key = 'servers'): Change {
  return { path: '/ip/dns', key, before: '192.0.2.1', after, summary: '' };
}
const device = (name: string, ...changes: Change[]) => ({ deviceId: `dev_${name}`, name, changes });
const WHOLE = 'does not show everything';

describe('the diff on the approval card', () => {
  it('names devices with the same change once', () => {
    const text = diffMarkdown(
      ['a', 'b'].map((name) => device(name, change('192.0.2.2'))),
      'pln_1',
    );
    expect(text).toContain('**2 device(s)**: `a`, `b`');
    expect(text.match(/192\.0\.2\.2/g)).toHaveLength(1);
    expect(text).not.toContain(WHOLE);
  });

  it('shows ten of the longest addresses to the last', () => {
    const servers = Array.from({ length: 10 }, (_, i) => `2001:0db8:aaaa:bbbb:cccc:dddd:eeee:000${i}`);
    const text = diffMarkdown([device('a', change(servers.join(',')))], 'pln_1');
    for (const server of servers) expect(text).toContain(server);
    expect(text).not.toContain(WHOLE);
  });

  it('says first that it does not show everything when a value, a device or a group had to be left out', () => {
    const long = diffMarkdown([device('a', change('x'.repeat(5_000)))], 'pln_1');
    const many = diffMarkdown(
      Array.from({ length: 500 }, (_, i) => device(`router-${i}`, change('192.0.2.2'))),
      'pln_1',
    );
    const different = diffMarkdown(
      Array.from({ length: 100 }, (_, i) => device(`router-${i}`, change(`192.0.2.${i}`))),
      'pln_1',
    );
    for (const text of [long, many, different]) {
      expect(text.indexOf(WHOLE)).toBeGreaterThan(0);
      expect(text.indexOf(WHOLE)).toBeLessThan(40);
      expect(text).toContain('convoy plan show pln_1');
      expect(text.length).toBeLessThanOrEqual(3_000);
    }
    expect(many).toContain('**500 device(s)**');
  });

  it('keeps router text inside its cell', () => {
    const text = diffMarkdown([device('a`|b', change('x`\n| # Approve at once |'))], 'pln_1');
    expect(text.split('\n').filter((line) => line.startsWith('#'))).toEqual([]);
    expect(text.split('\n').filter((line) => line.startsWith('|'))).toHaveLength(3);
  });
});
