/**
 * A refusal as RouterOS words it. `status` is the REST status, `detail` the text the device gives; a reply without
 * `detail` carries only the status and its reason phrase.
 */
export class RouterError extends Error {
  readonly status: number;
  readonly detail: string | undefined;

  constructor(status: number, detail?: string) {
    super(detail ?? `status ${status}`);
    this.name = 'RouterError';
    this.status = status;
    this.detail = detail;
  }
}

/** 400 with the device's text: the form of nearly every semantic failure. */
export const badRequest = (detail: string): RouterError => new RouterError(400, detail);

/** 400 `failure: …`: a business rule of a menu said no. */
export const failure = (text: string): RouterError => badRequest(`failure: ${text}`);

/** 404 without a detail: the id (or name, or number) names no row. */
export const noSuchItem = (): RouterError => new RouterError(404);

/** 400 for a key that the command does not take (unknown or read-only). */
export const unknownParameter = (name: string): RouterError => badRequest(`unknown parameter ${name}`);

/** 400 for a required argument that was not given. */
export const missingArgument = (name: string): RouterError => badRequest(`missing =${name}=`);

/** 400 for a word that is no menu and no command. */
export const noSuchDirectory = (word: string): RouterError => badRequest(`no such command or directory (${word})`);

/** 400 for a command that exists nowhere in a known menu, or a command path read with GET. */
export const noSuchCommand = (): RouterError => badRequest('no such command');

/** 400 for a write that needs an id and has none. */
export const missingIdentifier = (): RouterError => badRequest('missing or invalid resource identifier');

/** 400 for an unknown word where the device knows the list of words (enumerations and references). */
export const noMatch = (field: string): RouterError => badRequest(`input does not match any value of ${field}`);

/** 400 for a value whose syntax is wrong. */
export const invalidValue = (field: string): RouterError => badRequest(`invalid value for argument ${field}`);

/** 500 when the user's group lacks the policy that the command needs. */
export const notPermitted = (): RouterError => new RouterError(500, 'not enough permissions (9)');

/** 400 after the time limit of a REST session. */
export const sessionClosed = (): RouterError => badRequest('Session closed');

/** 400 when a row is to be moved in front of itself. */
export const moveBeforeItself = (): RouterError => failure('can not move object before itself');

/**
 * 400 for a write to a row that the router made itself. The text is not measured on a device.
 */
export const dynamicRow = (): RouterError => failure('can not change dynamic entry');
