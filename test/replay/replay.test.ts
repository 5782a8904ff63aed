import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import * as workflows from '../../workflows/index.ts';
import { decodeHistory, expectToReplay, typeOfHistory } from '../support/histories.ts';

const FOLDER = fileURLToPath(new URL('./histories/', import.meta.url));

const files = (await readdir(FOLDER, { recursive: true })).filter((file) => file.endsWith('.pb'));
const histories = await Promise.all(
  files.map(async (file) => ({
    workflowId: file,
    history: decodeHistory(await readFile(path.join(FOLDER, file))),
  })),
);

describe('histories of released versions', () => {
  it('replay with the workflows as they are now', async () => {
    expect(histories.length).toBeGreaterThan(0);
    await expectToReplay(histories);
  }, 120_000);

  it('are there of every workflow', () => {
    const recorded = new Set(histories.map(({ history }) => typeOfHistory(history)));
    expect(Object.keys(workflows).filter((type) => !recorded.has(type))).toEqual([]);
  });
});
