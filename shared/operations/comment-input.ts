import { z } from 'zod';
import { refused } from '../routeros/addresses.ts';
import { clipText } from '../routeros/device-text.ts';

/** A comment that a caller gives to an entry: one line that can be printed. */
export const CommentInput = z
  .string()
  .max(255)
  .check(
    refused((text) =>
      clipText(text, text.length) === text
        ? null
        : `${JSON.stringify(text.slice(0, 64))} contains characters that cannot be printed`,
    ),
  );
