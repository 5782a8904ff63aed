import { setTimeout as delay } from 'node:timers/promises';
import type { Connection, ServerChannel } from 'ssh2';
import { openConsole, type ConsoleSession } from '../console/open-console.ts';
import type { Caller } from '../engine/definition.ts';
import type { Router } from '../router/router.ts';
import type { SafeModeOwner } from '../router/safe-mode.ts';
import type { TerminalWishes } from './login.ts';
import { Pager } from './pager.ts';
import { safeModeTexts } from './safe-mode-texts.ts';

export type ShellOptions = {
  readonly router: Router;
  readonly caller: Caller;
  readonly wishes: TerminalWishes;
  /** Of the terminal; changes when its window does. */
  readonly size: { readonly columns: number; readonly rows: number };
};

/** The console for a person at a terminal: prompt, echo, line editing, paging, safe mode. */
export async function runShell(channel: ServerChannel, connection: Connection, options: ShellOptions): Promise<void> {
  const shell = new Shell(channel, connection, options);
  channel.on('error', () => undefined);
  channel.on('data', (bytes: Buffer) => shell.receive(bytes.toString('utf8')));
  channel.once('close', () => shell.cut());
  await shell.start();
}

const ESC = '\x1b';
const CTRL_C = '\x03';
const CTRL_D = '\x04';
const CTRL_X = '\x18';
const BACKSPACES = new Set(['\b', '\x7f']);
/** F4 as terminals of different kinds send it. */
const F4 = ['\x1bOS', '\x1b[14~', '\x1b[[D'];
/** Where is the cursor, and what are you? Terminals answer both, programs that play one must; a VT52 says `ESC / Z`. */
const PROBE = '\x1bZ\x1b[6n';
const PROBE_ANSWER = new RegExp(String.raw`${ESC}(?:\[\??[\d;]*[Rc]|/Z)`, 'g');
/** Cursor keys and their like, which this editor does not know. */
const OTHER_KEY = new RegExp(String.raw`^${ESC}\[[\d;]*[A-Za-z~]`);
/** How long a terminal that does not answer is waited for. */
const PROBE_TIMEOUT_MS = 10_000;

class Shell {
  readonly #channel: ServerChannel;
  readonly #connection: Connection;
  readonly #options: ShellOptions;
  readonly #console: ConsoleSession;
  readonly #owner: SafeModeOwner;
  #pending = '';
  #line = '';
  #running: AbortController | undefined;
  #pager: Pager | undefined;
  #probed = Promise.withResolvers<void>();
  #isReady = false;
  /** Somebody else holds the safe mode, and the person was asked what to do about it. */
  #asksAboutSafeMode = false;

  constructor(channel: ServerChannel, connection: Connection, options: ShellOptions) {
    this.#channel = channel;
    this.#connection = connection;
    this.#options = options;
    this.#owner = { user: options.caller.user, via: 'ssh' };
    this.#console = openConsole(options.router, { ...options.caller, session: this.#owner });
  }

  async start(): Promise<void> {
    const { router, wishes } = this.#options;
    this.#say(banner(router.version));
    const note = router.singleton('/system/note');
    if (note['show-at-login'] === 'true' && note['note']) this.#say(`\n${note['note']}\n`);
    if (!wishes.unprobed && !wishes.dumb) {
      this.#channel.write(PROBE);
      await Promise.race([this.#probed.promise, delay(PROBE_TIMEOUT_MS, undefined, { ref: false })]);
    }
    this.#isReady = true;
    this.#startLine('');
    this.receive('');
  }

  /** Keys as they come; what a busy console gets is kept until it is free. */
  receive(text: string): void {
    const keys = text.replaceAll(PROBE_ANSWER, () => {
      this.#probed.resolve();
      return '';
    });
    this.#pending += keys;
    while (this.#pending !== '' && this.#isReady) {
      if (this.#running && this.#pending[0] !== CTRL_C) return;
      const key = this.#takeKey();
      this.#press(key);
    }
  }

  /** The session ended without a word: what was changed in safe mode is taken back. */
  cut(): void {
    this.#probed.resolve();
    this.#running?.abort();
    this.#options.router.safeMode.endedBy(this.#owner);
  }

  #takeKey(): string {
    const special = F4.find((key) => this.#pending.startsWith(key));
    const escape = special ?? OTHER_KEY.exec(this.#pending)?.[0];
    const key = escape ?? this.#pending.charAt(0);
    this.#pending = this.#pending.slice(key.length);
    return key;
  }

  #press(key: string): void {
    if (this.#running) return this.#running.abort();
    if (this.#asksAboutSafeMode) return this.#answerAboutSafeMode(key);
    if (this.#pager) return this.#turnPage(key);
    if (key === CTRL_X || F4.includes(key)) return this.#toggleSafeMode();
    if (key === CTRL_D) return this.#leave();
    if (key === CTRL_C) return this.#startLine('\r\n');
    if (key === '\r' || key === '\n') return this.#enter();
    if (BACKSPACES.has(key)) {
      if (this.#line === '') return;
      this.#line = this.#line.slice(0, -1);
      this.#channel.write('\b \b');
      return;
    }
    if (key.startsWith('\x1b') || key < ' ') return;
    this.#line += key;
    this.#channel.write(key);
  }

  #enter(): void {
    const line = this.#line;
    this.#line = '';
    // The editor draws the whole line once more before the output.
    this.#channel.write(`\r${this.#prompt()}${line}\r\n`);
    if (line.trim() === '') return this.#startLine('');
    if (/^\/?quit$/.test(line.trim())) return this.#quit();
    const running = new AbortController();
    this.#running = running;
    void this.#console.run(line, { signal: running.signal }).then(({ output }) => {
      this.#running = undefined;
      if (output !== '') this.#channel.write('\r');
      this.#show(output, line);
    });
  }

  #show(output: string, line: string): void {
    const pager = new Pager(output, this.#options.size.rows);
    if (/\bwithout-paging\b/.test(line) || !/\bprint\b/.test(line) || pager.isShort) {
      this.#say(output);
      return this.#startLine('');
    }
    this.#pager = pager;
    this.#turnPage('');
  }

  #turnPage(key: string): void {
    const step = this.#pager?.press(key) ?? { text: '', isOver: true };
    this.#say(step.text);
    if (!step.isOver) {
      this.#channel.write(Pager.PROMPT);
      return;
    }
    this.#pager = undefined;
    this.#startLine('');
  }

  #toggleSafeMode(): void {
    const { safeMode, version } = this.#options.router;
    const texts = safeModeTexts(version);
    if (safeMode.owner === this.#owner) {
      safeMode.release();
      return this.#startLine(`\r\n${texts.released}\r\n`);
    }
    if (safeMode.take(this.#owner)) return this.#startLine(`\r\n${texts.taken}\r\n`);
    this.#asksAboutSafeMode = true;
    this.#channel.write(`\r\n${texts.hijack} `);
  }

  #answerAboutSafeMode(key: string): void {
    const { safeMode, version } = this.#options.router;
    this.#asksAboutSafeMode = false;
    if (key === 'u') safeMode.unroll();
    else if (key === 'r') safeMode.release();
    else return this.#startLine('\r\n');
    safeMode.take(this.#owner);
    this.#startLine(`${key}\r\n${safeModeTexts(version).taken}\r\n`);
  }

  #quit(): void {
    const { safeMode } = this.#options.router;
    if (safeMode.owner === this.#owner) safeMode.release();
    this.#say('interrupted');
    this.#end();
  }

  /** Ctrl-D: what was changed in safe mode is taken back, and the session ends. */
  #leave(): void {
    this.#options.router.safeMode.endedBy(this.#owner);
    this.#end();
  }

  #end(): void {
    this.#channel.exit(0);
    this.#channel.end();
    this.#connection.end();
  }

  /** A prompt is drawn twice: once to wipe the line to the terminal's edge, once to stand there. */
  #startLine(before: string): void {
    this.#line = '';
    const prompt = this.#prompt();
    const wiped = prompt.padEnd(this.#options.size.columns - 1);
    this.#channel.write(`${before}\r\r\r\r${wiped}\r${prompt}`);
  }

  #prompt(): string {
    const { router, caller } = this.#options;
    const { path } = this.#console;
    const isSafe = router.safeMode.owner === this.#owner;
    const who = `[${caller.user}@${router.singleton('/system/identity')['name'] ?? ''}]`;
    if (path === '/') return `${who} ${isSafe ? '<SAFE> ' : ''}> `;
    return `${who} ${path}${isSafe ? '<SAFE>' : '>'} `;
  }

  #say(text: string): void {
    if (text !== '') this.#channel.write(`${text.replace(/\r?\n$/, '').replaceAll(/\r?\n/g, '\r\n')}\r\n`);
  }
}

const banner = (version: string): string => `
  MMM      MMM       KKK                          TTTTTTTTTTT      KKK
  MMMM    MMMM       KKK                          TTTTTTTTTTT      KKK
  MMM MMMM MMM  III  KKK  KKK  RRRRRR     OOOOOO      TTT     III  KKK  KKK
  MMM  MM  MMM  III  KKKKK     RRR  RRR  OOO  OOO     TTT     III  KKKKK
  MMM      MMM  III  KKK KKK   RRRRRR    OOO  OOO     TTT     III  KKK KKK
  MMM      MMM  III  KKK  KKK  RRR  RRR   OOOOOO      TTT     III  KKK  KKK

  MikroTik RouterOS ${version} (c) 1999-2025       https://www.mikrotik.com/
`;
