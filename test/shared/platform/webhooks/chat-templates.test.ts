import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chatMessageOf } from '../../../../shared/platform/webhooks/chat-message.ts';
import { inTemplate, TEMPLATES } from '../../../../shared/platform/webhooks/chat-templates.ts';

function fleetBody(title: string, lines: string[], tone = 'bad'): string {
  return JSON.stringify({ type: 'drift.found', timestamp: '2026-03-01T10:00:00.000Z', data: { title, lines, tone } });
}

const PLAN = JSON.stringify({
  type: 'rollout.failed',
  timestamp: '2026-03-01T10:00:00.000Z',
  data: {
    plan: {
      planId: 'pln_1',
      kind: 'dns_ntp',
      environment: 'prod',
      comment: '<!channel> *new* resolvers',
      requestedByName: 'olga@example.test',
      riskInWords: 'high because: production devices are changed',
      devices: { toChange: 2, names: ['a', 'b'], namesLeftOut: 3 },
      failures: [{ device: 'a', code: 'TIMEOUT', message: 'It took too long.' }],
      links: { console: 'https://convoy.example.net/plans/pln_1' },
    },
  },
});

test('an event is posted as it is, unless there is a template', () => {
  expect(inTemplate('standard', PLAN)).toBe(PLAN);
});

test('a plan is said with who asked, how risky it is, what failed, and a link to its page', () => {
  expect(chatMessageOf(PLAN)).toEqual({
    title: 'Rollout failed',
    lines: [
      'Plan pln_1: dns_ntp in prod, 2 devices',
      'Devices: a, b and 3 more',
      'Risk: high because: production devices are changed',
      'Asked for by olga@example.test: <!channel> *new* resolvers',
      'a: TIMEOUT. It took too long.',
    ],
    tone: 'bad',
    link: { label: 'Open the plan', url: 'https://convoy.example.net/plans/pln_1' },
    at: '2026-03-01T10:00:00.000Z',
  });
});

test('for Slack texts are plain text, which calls nobody', () => {
  expect(JSON.parse(inTemplate('slack', fleetBody('<!channel> & co', ['*x* <@U1>'])))).toEqual({
    text: '&lt;!channel&gt; &amp; co',
    attachments: [
      {
        color: '#c62828',
        blocks: [
          { type: 'header', text: { type: 'plain_text', text: '<!channel> & co', emoji: false } },
          { type: 'section', text: { type: 'plain_text', text: '*x* <@U1>', emoji: false } },
        ],
      },
    ],
  });
  const { attachments } = JSON.parse(inTemplate('slack', PLAN)) as { attachments: [{ blocks: object[] }] };
  expect(attachments[0].blocks.at(-1)).toEqual({
    type: 'section',
    text: { type: 'mrkdwn', text: '<https://convoy.example.net/plans/pln_1|Open the plan>' },
  });
});

test('for Teams texts are runs of an Adaptive Card, which know no Markdown', () => {
  expect(JSON.parse(inTemplate('teams', PLAN))).toMatchObject({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        content: {
          type: 'AdaptiveCard',
          version: '1.4',
          body: [
            { type: 'RichTextBlock', inlines: [{ type: 'TextRun', text: 'Rollout failed', color: 'Attention' }] },
            { type: 'RichTextBlock', inlines: [{ type: 'TextRun' }] },
            {},
            {},
            { inlines: [{ text: 'Asked for by olga@example.test: <!channel> *new* resolvers' }] },
            {},
          ],
          actions: [{ type: 'Action.OpenUrl', title: 'Open the plan', url: 'https://convoy.example.net/plans/pln_1' }],
        },
      },
    ],
  });
});

test('for Discord and Mattermost markup is escaped, and nobody is called', () => {
  const body = fleetBody('**bold** `x`', ['@everyone [a](b) <@1>', '_y_ # ~z~'], 'good');
  expect(JSON.parse(inTemplate('discord', body))).toEqual({
    username: 'Convoy',
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: String.raw`\*\*bold\*\* \`x\``,
        description: String.raw`\@everyone \[a\] \(b\) \<\@1\>` + '\n' + String.raw`\_y\_ \# \~z\~`,
        color: 0x2e7d32,
        timestamp: '2026-03-01T10:00:00.000Z',
      },
    ],
  });
  expect(JSON.parse(inTemplate('mattermost', body))).toMatchObject({
    attachments: [
      {
        text: `@\u{200B}everyone ${String.raw`\[a\] \(b\) <@`}\u{200B}${String.raw`1\>`}\n${String.raw`\_y\_ \# \~z\~`}`,
      },
    ],
  });
});

test('whatever texts hold, a message fits and is one that its tool takes', () => {
  const Text = fc.string({ unit: 'grapheme', maxLength: 900 });
  fc.assert(
    fc.property(Text, fc.array(Text, { maxLength: 60 }), (title, lines) => {
      const body = fleetBody(title, lines);
      const [slack, teams, discord, mattermost] = (['slack', 'teams', 'discord', 'mattermost'] as const).map((tool) => {
        return JSON.parse(inTemplate(tool, body)) as Record<string, never>;
      });
      const blocks = textsOf(slack).filter(({ key }) => key === 'text');
      for (const { text } of blocks) expect(text.length).toBeLessThanOrEqual(3_000);
      expect(Buffer.byteLength(JSON.stringify(teams))).toBeLessThan(28_000);
      const embed = textsOf(discord);
      expect(embed.find(({ key }) => key === 'title')?.text.length ?? 0).toBeLessThanOrEqual(256);
      expect(embed.find(({ key }) => key === 'description')?.text.length ?? 0).toBeLessThanOrEqual(4_096);
      for (const { text } of embed) expect(text).not.toMatch(/(?<!\\)(\\\\)*[*_`<>@]/);
      for (const { text } of textsOf(mattermost)) {
        expect(text).not.toMatch(/@(?!\u{200B})/u);
        expect(text.length).toBeLessThanOrEqual(7_000);
      }
      for (const { text } of [...textsOf(slack), ...embed]) expect(text.isWellFormed()).toBe(true);
    }),
    { numRuns: 60 },
  );
});

test('an event that says nothing of itself is a message all the same, in every tool', () => {
  const body = JSON.stringify({ type: 'webhook.test', timestamp: '2026-03-01T10:00:00.000Z', data: {} });
  for (const template of TEMPLATES) expect(inTemplate(template, body)).toMatch(/webhook.test/i);
});

function textsOf(value: unknown, key = ''): { key: string; text: string }[] {
  if (typeof value === 'string') return [{ key, text: value }];
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string, unknown][] = Array.isArray(value)
    ? value.map((entry) => [key, entry])
    : Object.entries(value);
  return entries.flatMap(([name, entry]) => textsOf(entry, name));
}
