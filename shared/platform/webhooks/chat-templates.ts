import { chatMessageOf, type ChatMessage } from './chat-message.ts';

/** In which form an endpoint is told: as the event is, or as a message of a chat tool. */
export const TEMPLATES = ['standard', 'slack', 'teams', 'discord', 'mattermost'] as const;
export type Template = (typeof TEMPLATES)[number];

/** The text that is posted for an event as it is stored. What routers and people wrote never acts as markup in it. */
export function inTemplate(template: Template, body: string): string {
  return template === 'standard' ? body : JSON.stringify(CHATS[template](chatMessageOf(body)));
}

const CHATS: Record<Exclude<Template, 'standard'>, (message: ChatMessage) => object> = {
  slack,
  teams,
  discord,
  mattermost,
};

/**
 * Block Kit (https://docs.slack.dev/reference/block-kit/blocks): a header takes 150 characters and a section 3,000.
 * `plain_text` knows no markup and no mentions; the fallback `text` does, so its control characters are escaped
 * (https://docs.slack.dev/messaging/formatting-message-text#escaping).
 */
function slack({ title, lines, tone, link }: ChatMessage): object {
  const plain = (text: string) => ({ type: 'plain_text', text, emoji: false });
  return {
    text: escapedForSlack(title),
    attachments: [
      {
        color: COLORS[tone],
        blocks: [
          { type: 'header', text: plain(cutTo(title, 150)) },
          ...(lines.length === 0 ? [] : [{ type: 'section', text: plain(cutTo(lines.join('\n'), 3_000)) }]),
          ...(link === null
            ? []
            : [{ type: 'section', text: { type: 'mrkdwn', text: `<${escapedForSlack(link.url)}|${link.label}>` } }]),
        ],
      },
    ],
  };
}

function escapedForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * An Adaptive Card, which is what the Workflows app of Teams takes
 * (https://learn.microsoft.com/microsoftteams/platform/webhooks-and-connectors/how-to/connectors-using). A TextRun knows no
 * Markdown, unlike a TextBlock (https://adaptivecards.io/explorer/TextRun.html). A message takes 28 KB.
 */
function teams({ title, lines, tone, link }: ChatMessage): object {
  const run = (text: string, rest: object = {}) => ({
    type: 'RichTextBlock',
    inlines: [{ type: 'TextRun', text, ...rest }],
  });
  return {
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            run(title, { size: 'Large', weight: 'Bolder', color: CARD_COLORS[tone] }),
            ...lines.map((line) => run(line)),
          ],
          actions: link === null ? [] : [{ type: 'Action.OpenUrl', title: link.label, url: link.url }],
        },
      },
    ],
  };
}

/**
 * An embed (https://docs.discord.com/developers/resources/message#embed-object): 256 characters of title, 4,096 of description,
 * 6,000 together. Both are Markdown, of which nothing is left; `allowed_mentions` lets nobody be called.
 */
function discord({ title, lines, tone, link, at }: ChatMessage): object {
  return {
    username: 'Convoy',
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: joined([escapedForDiscord(title)], 256),
        description: joined(lines.map(escapedForDiscord), 4_096),
        color: Number.parseInt(COLORS[tone].slice(1), 16),
        timestamp: at,
        ...(link === null ? {} : { url: link.url }),
      },
    ],
  };
}

/**
 * An attachment (https://developers.mattermost.com/integrate/reference/message-attachments/). It is Markdown, of which nothing
 * is left, and its text would call people: an invisible character after the @ makes it a name of nobody.
 */
function mattermost({ title, lines, tone, link }: ChatMessage): object {
  const data = (text: string): string =>
    text.replaceAll(/[\\`*_{}[\]()#+\-.!|~>$]/g, String.raw`\$&`).replaceAll('@', '@\u{200B}');
  return {
    username: 'Convoy',
    attachments: [
      {
        fallback: data(title),
        color: COLORS[tone],
        title: joined([data(title)], 1_000),
        text: joined(lines.map(data), 7_000),
        ...(link === null ? {} : { title_link: link.url }),
      },
    ],
  };
}

const COLORS = { bad: '#c62828', good: '#2e7d32', neutral: '#546e7a' } as const;
const CARD_COLORS = { bad: 'Attention', good: 'Good', neutral: 'Default' } as const;

/** With a backslash before all punctuation, which Discord takes for what it is then: also that of links, mentions and emoji. */
function escapedForDiscord(text: string): string {
  return text.replaceAll(/[!-/:-@[-`{-~]/g, String.raw`\$&`);
}

/** As many whole lines as fit, so that no escape is cut in two; that some are left out is said. */
function joined(lines: readonly string[], mostChars: number): string {
  const [only] = lines;
  if (only !== undefined && lines.length === 1) return only.length <= mostChars ? only : cutEscaped(only, mostChars);
  let text = '';
  for (const [index, line] of lines.entries()) {
    const more = `${index === 0 ? '' : '\n'}${line}`;
    if (text.length + more.length > mostChars - ROOM) return `${text}\n… and ${lines.length - index} more`;
    text += more;
  }
  return text;
}

/** For the words that lines are left out. */
const ROOM = 40;

function cutEscaped(text: string, mostChars: number): string {
  const cut = text.slice(0, mostChars - 1).toWellFormed();
  return `${cut.replace(/(?<!\\)((?:\\\\)*)\\$/, '$1')}…`;
}

function cutTo(text: string, mostChars: number): string {
  return text.length <= mostChars ? text : `${text.slice(0, mostChars - 1).toWellFormed()}…`;
}
