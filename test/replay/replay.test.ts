import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { decodeHistory, expectToReplay } from '../support/histories.ts';

const FOLDER = fileURLToPath(new URL('./histories/', import.meta.url));

describe('histories of released versions', () => {
  it('replay with the workflows as they are now', async () => {
    const files = (await readdir(FOLDER, { recursive: true })).filter((file) => file.endsWith('.pb'));
    expect(files.length).toBeGreaterThan(0);
    const histories = await Promise.all(
      files.map(async (file) => ({
        workflowId: file,
        history: decodeHistory(await readFile(path.join(FOLDER, file))),
      })),
    );
    await expectToReplay(histories);
  }, 120_000);
});
