import { createHash, type Hash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { finished } from 'node:stream/promises';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { extract, pack, type Pack } from 'tar-stream';
import { AppError } from '../../errors/app-error.ts';
import { BackupEnd, BackupManifest } from './manifest.ts';

/** Of a stream, before it is compressed, in one entry of the archive: what is in memory at once. */
const CHUNK_BYTES = 4 * 1024 * 1024;
const MANIFEST = 'manifest.json';
const END = 'end.json';

/** A backup that is being written: a tar file of gzipped pieces, readable with ordinary tools. */
export interface ArchiveWriter {
  /** Adds everything that the source gives under one name. */
  addStream(name: string, source: AsyncIterable<Buffer>): Promise<void>;
  /** Writes the end, and gives the file its name. */
  finish(): Promise<BackupEnd>;
  /** Removes what there is of it. */
  discard(): Promise<void>;
}

/** Begins a backup beside `file`, readable by its owner only. Whether the file exists already is for others to ask. */
export async function writeArchive(file: string, manifest: BackupManifest): Promise<ArchiveWriter> {
  const partial = `${file}.partial`;
  const out = createWriteStream(partial, { mode: 0o600 });
  const tar = pack();
  tar.pipe(out);
  const written = finished(out);
  written.catch(() => tar.destroy());
  const streams: BackupEnd['streams'] = {};
  await addEntry(tar, MANIFEST, Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
  return {
    async addStream(name, source) {
      const hash = createHash('sha256');
      let bytes = 0;
      let pieces = 0;
      for await (const piece of inPieces(source)) {
        hash.update(piece);
        bytes += piece.length;
        pieces += 1;
        await addEntry(tar, `${name}/${String(pieces).padStart(6, '0')}.gz`, await promisify(gzip)(piece));
      }
      streams[name] = { bytes, sha256: hash.digest('hex') };
    },
    async finish() {
      const end = { streams };
      await addEntry(tar, END, Buffer.from(`${JSON.stringify(end, null, 2)}\n`));
      tar.finalize();
      await written;
      await rename(partial, file);
      return end;
    },
    async discard() {
      tar.destroy();
      out.destroy();
      await written.catch(() => undefined);
      await rm(partial, { force: true });
    },
  };
}

/** Resolves when the file took it, so that a slow disk does not fill the memory. */
function addEntry(tar: Pack, name: string, content: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const entry = tar.entry({ name, mode: 0o600, size: content.length }, (error) =>
      error ? reject(error) : resolve(),
    );
    entry.once('error', reject);
    entry.end(content);
  });
}

async function* inPieces(source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  for await (const part of source) {
    waiting.push(part);
    bytes += part.length;
    if (bytes < CHUNK_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
  }
  if (bytes > 0) yield Buffer.concat(waiting);
}

/** One entry's content and what it belongs to. */
export interface ArchivePiece {
  stream: string;
  content: Buffer;
}

/** What a backup says of itself. Fails with VALIDATION_ERROR for a file that is none. */
export async function readManifest(file: string): Promise<BackupManifest> {
  for await (const { name, content } of entriesOf(file)) {
    if (name !== MANIFEST) break;
    const manifest = BackupManifest.safeParse(JSON.parse(content.toString()));
    if (manifest.success) return manifest.data;
    break;
  }
  throw notABackup(file, 'it does not begin as one that this version makes');
}

/** The pieces of all streams, in the order in which they were written. */
export async function* readPieces(file: string): AsyncGenerator<ArchivePiece> {
  for await (const { name, content } of entriesOf(file)) {
    const stream = /^(.+)\/\d{6,}\.gz$/.exec(name)?.[1];
    if (stream === undefined) continue;
    yield { stream, content: await unzipped(file, content) };
  }
}

/** Reads all of a backup and compares it with what its end says. Fails with VALIDATION_ERROR when it is not whole. */
export async function demandWhole(file: string): Promise<BackupEnd> {
  const hashes = new Map<string, { hash: Hash; bytes: number }>();
  let end: BackupEnd | null = null;
  for await (const { name, content } of entriesOf(file)) {
    if (name === END) end = BackupEnd.parse(JSON.parse(content.toString()));
    const stream = /^(.+)\/\d{6,}\.gz$/.exec(name)?.[1];
    if (stream === undefined) continue;
    const known = hashes.get(stream) ?? { hash: createHash('sha256'), bytes: 0 };
    const piece = await unzipped(file, content);
    known.hash.update(piece);
    known.bytes += piece.length;
    hashes.set(stream, known);
  }
  if (end === null) throw notABackup(file, 'its end is missing, so that it was not written to the end');
  for (const [name, { bytes, sha256 }] of Object.entries(end.streams)) {
    const found = hashes.get(name) ?? { hash: createHash('sha256'), bytes: 0 };
    if (found.bytes !== bytes || found.hash.digest('hex') !== sha256) {
      throw notABackup(file, `of ${name} not everything is as it was written`);
    }
  }
  return end;
}

async function* entriesOf(file: string): AsyncGenerator<{ name: string; content: Buffer }> {
  const tar = extract();
  const source = createReadStream(file);
  source.once('error', (error) => tar.destroy(error));
  source.pipe(tar);
  try {
    for await (const entry of tar) yield { name: entry.header.name, content: await buffer(entry) };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw notABackup(file, cause instanceof Error ? cause.message : 'it cannot be read', cause);
  } finally {
    source.destroy();
  }
}

async function unzipped(file: string, content: Buffer): Promise<Buffer> {
  return promisify(gunzip)(content).catch((cause: unknown) => {
    throw notABackup(file, 'a piece of it does not unpack', cause);
  });
}

function notABackup(file: string, why: string, cause?: unknown): AppError {
  return new AppError('VALIDATION_ERROR', { message: `${file} is no backup that can be used: ${why}.`, cause });
}
