import { expect, test } from 'vitest';
import { decodeReply } from '../../../activities/routeros/decode-reply.ts';

test('reads UTF-8', () => {
  expect(decodeReply(Buffer.from('{"comment":"kancelář"}'))).toEqual({ comment: 'kancelář' });
});

test('reads the raw bytes of a Windows code page', () => {
  const bytes = Buffer.concat([Buffer.from('{"comment":"caf'), Buffer.from([0xe9, 0x80]), Buffer.from('"}')]);
  expect(decodeReply(bytes)).toEqual({ comment: 'café€' });
});

test('reads control characters that were not escaped, next to ones that were', () => {
  const text = '{\n"a":"one\ttwo\u0001","b":"quote \\" and \\\\",\n"c":"three\nfour\\n"}';
  expect(decodeReply(Buffer.from(text))).toEqual({ a: 'one\ttwo\u0001', b: 'quote " and \\', c: 'three\nfour\n' });
});

test.each(['', '<html></html>', '{"a":"unfinished', '{"a":\u0001}'])('%o is not JSON', (text) => {
  expect(() => decodeReply(Buffer.from(text))).toThrow(SyntaxError);
});
