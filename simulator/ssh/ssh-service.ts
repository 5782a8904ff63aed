import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import ssh2, { type AuthContext, type Connection, type Session } from 'ssh2';
import type { Caller } from '../engine/definition.ts';
import { sourceSeen } from '../network/management-link.ts';
import type { FaultPlan } from '../router/fault.ts';
import type { Router } from '../router/router.ts';
import { warnOfUnforeseen } from '../router/unforeseen.ts';
import { runExec } from './exec-channel.ts';
import type { HostKey } from './host-key.ts';
import { checkLogin, LOGIN_METHODS, readLoginName, type TerminalWishes } from './login.ts';
import { runShell } from './shell.ts';

export type SshServiceOptions = {
  readonly router: Router;
  readonly faults: FaultPlan;
  /** The router's identity; made when the first client comes. */
  readonly hostKey: () => Promise<HostKey>;
  /** Time the device takes for every command, in milliseconds. */
  readonly latencyMs: () => number;
  /** Changes whenever the router is switched off or on: a command from before that is lost. */
  readonly powerChanges: () => number;
  /** A `reboot` fault struck: be away for that many milliseconds. */
  readonly onReboot: (downMs: number) => void;
};

/** Serves SSH as a router does: password and key login, the exec channel, the interactive shell. */
export class SshService {
  readonly #options: SshServiceOptions;
  #server: Promise<ssh2.Server> | undefined;
  readonly #hung = new Set<Connection>();

  constructor(options: SshServiceOptions) {
    this.#options = options;
  }

  /** Takes a TCP connection over. */
  async handle(socket: Socket): Promise<void> {
    this.#server ??= this.#makeServer();
    const server = await this.#server;
    // As SSH servers do: a reply of several small packets would otherwise wait for acknowledgements in between.
    socket.setNoDelay(true);
    if (!socket.destroyed) server.injectSocket(socket);
  }

  /** Cuts the connections of commands that a `hang` fault holds. */
  releaseHung(): void {
    for (const connection of this.#hung) connection.end();
    this.#hung.clear();
  }

  /** The host key was made anew: connections from now on see it. */
  forgetHostKey(): void {
    this.#server = undefined;
  }

  async #makeServer(): Promise<ssh2.Server> {
    const { privateKey } = await this.#options.hostKey();
    const server = new ssh2.Server({ hostKeys: [privateKey], ident: SERVER_IDENT });
    server.on('connection', (connection, { ip }) => this.#welcome(connection, sourceSeen(this.#options.router, ip)));
    return server;
  }

  #welcome(connection: Connection, address: string): void {
    let caller: Caller | undefined;
    let loginName = readLoginName('');
    // Clients that go away in the middle are no news.
    connection.on('error', () => undefined);
    connection.on('authentication', (context) => {
      void this.#login(context, address).then((accepted) => {
        if (!accepted) return context.reject([...LOGIN_METHODS]);
        caller = accepted;
        this.#options.router.openSession(accepted.user, address, 'ssh', () => connection.end());
        connection.once('close', () => this.#options.router.endSession(accepted.user, address, 'ssh'));
        loginName = readLoginName(context.username);
        context.accept();
      }, warnOfUnforeseen);
    });
    connection.on('session', (accept) => {
      const session = accept();
      if (caller) this.#serve(session, connection, caller, loginName.wishes);
      else connection.end();
    });
  }

  async #login(context: AuthContext, address: string): Promise<Caller | undefined> {
    const { router, faults } = this.#options;
    if (context.method === 'none') return undefined;
    const { fault } = faults.takeForRequest('SSH', '/login', ['auth']);
    const caller = fault?.kind === 'auth' ? undefined : checkLogin(router, context, address);
    const { user } = readLoginName(context.username);
    // A key that is only offered is no failed login.
    if (!caller && (context.method !== 'publickey' || context.signature)) {
      router.log('system,error,critical', `login failure for user ${user} from ${address} via ssh`);
      await delay(LOGIN_FAILURE_MS);
    }
    return caller;
  }

  #serve(session: Session, connection: Connection, caller: Caller, wishes: TerminalWishes): void {
    const { router } = this.#options;
    const size = terminalSize(wishes);
    session.on('pty', (accept, _reject, { cols, rows }) => {
      Object.assign(size, terminalSize({ columns: wishes.columns ?? cols, rows: wishes.rows ?? rows }));
      accept();
    });
    session.on('window-change', (accept, _reject, { cols, rows }) => {
      Object.assign(size, terminalSize({ columns: cols, rows }));
      (accept as (() => void) | undefined)?.();
    });
    session.on('env', (accept) => (accept as (() => void) | undefined)?.());
    session.on('exec', (accept, _reject, { command }) => {
      const onHang = (held: Connection): void => void this.#hung.add(held);
      void runExec(accept(), command, { ...this.#options, caller, connection, onHang }).catch(warnOfUnforeseen);
    });
    session.on('shell', (accept) => {
      void runShell(accept(), connection, { router, caller, wishes, size }).catch(warnOfUnforeseen);
    });
  }
}

/** A size that a client does not know is 0, and one that is absurd is none that a console could draw in. */
function terminalSize({ columns, rows }: Pick<TerminalWishes, 'columns' | 'rows'>): { columns: number; rows: number } {
  return { columns: Math.min(columns || 80, LARGEST_SIDE), rows: Math.min(rows || 24, LARGEST_SIDE) };
}

/** In characters. */
const LARGEST_SIDE = 10_000;

/** What devices call themselves. */
const SERVER_IDENT = 'ROSSSH';
/** What a failed login costs on a device. */
const LOGIN_FAILURE_MS = 120;
