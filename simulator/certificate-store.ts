import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostKey, type HostKeyType, makeHostKey, readHostKey } from './ssh/host-key.ts';
import { issueCertificate, readCertificate, type RouterCertificate } from './rest/certificate.ts';

/** Certificates and host keys of a fleet: kept in a folder when there is one, otherwise only as long as the process lives. */
export class CertificateStore {
  readonly #folder: string | undefined;

  constructor(folder: string | undefined) {
    this.#folder = folder;
  }

  /** The certificate a router had before, or a new one. */
  async certificate(name: string, host: string): Promise<RouterCertificate> {
    const kept = await this.#read(`${name}.pem`);
    const blocks = kept?.split(/(?<=-----END [A-Z ]+-----\n)/) ?? [];
    const [cert, key] = blocks;
    return cert !== undefined && key !== undefined ? readCertificate(cert, key) : await this.renew(name, host);
  }

  /** A new certificate in place of the one a router had. */
  async renew(name: string, host: string): Promise<RouterCertificate> {
    const certificate = await issueCertificate(name, host);
    await this.#write(`${name}.pem`, `${certificate.cert.trimEnd()}\n${certificate.key.trimEnd()}\n`);
    return certificate;
  }

  /** The SSH identity a router had before, or a new one. */
  async hostKey(name: string, type: HostKeyType): Promise<HostKey> {
    return readHostKey(await this.keep(`${name}.${type}`, async () => (await makeHostKey(type)).privateKey));
  }

  /** A text that stays the same over restarts. */
  async keep(name: string, make: () => string | Promise<string>): Promise<string> {
    const kept = await this.#read(name);
    if (kept !== undefined) return kept;
    const made = await make();
    await this.#write(name, made);
    return made;
  }

  async #read(file: string): Promise<string | undefined> {
    if (this.#folder === undefined) return undefined;
    try {
      return await readFile(join(this.#folder, file), 'utf8');
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
      throw error;
    }
  }

  async #write(file: string, text: string): Promise<void> {
    if (this.#folder === undefined) return;
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await writeFile(join(this.#folder, file), text, { mode: 0o600 });
  }
}
