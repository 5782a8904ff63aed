import type { CommandDefinition, Reply, Row } from '../../engine/definition.ts';
import { failure, missingArgument } from '../../engine/router-error.ts';
import { addressBehind, answers, reachOut } from '../../network/reach-out.ts';
import { word } from '../../values/field-types.ts';
import { writeFile } from '../file/files.ts';
import { demandDeviceMode } from '../system/device-mode.ts';

/** What every server of the simulated world serves. */
const PAGE = '<!doctype html><title>It works</title>\n';

/** `/tool/fetch`: gets a page, into the reply, into a file, or nowhere. */
export const fetch: CommandDefinition = {
  policy: 'test',
  parameters: [
    'address',
    'as-value',
    'ascii',
    'certificate',
    'check-certificate',
    'dst-path',
    'duration',
    'host',
    'http-auth-scheme',
    'http-content-encoding',
    'http-data',
    'http-header-field',
    'http-max-redirect-count',
    'http-method',
    'http-percent-encoding',
    'http-version',
    'idle-timeout',
    'keep-result',
    'mode',
    'once',
    'output',
    'password',
    'port',
    'src-address',
    'src-path',
    'upload',
    'url',
    'user',
    'without-paging',
    '.proplist',
  ],
  writes: true,
  run: (args, router): Reply => {
    demandDeviceMode(router, 'fetch');
    const target = targetOf(args);
    const output = word('none', 'file', 'user', 'user-with-headers').parse(outputOf(args), 'output', router);
    const address = addressBehind(router, target.host);
    if (address === undefined) throw failure('dns name does not exist');
    if (!answers(reachOut(router, address))) throw failure('connection timeout');
    if (output === 'file') writeFile(router, args.get('dst-path') ?? target.file, PAGE);
    const kib = String(Math.ceil(PAGE.length / 1024));
    const done: Row = { downloaded: kib, duration: '1s', status: 'finished', total: kib };
    const rows: Row[] = [
      { '.section': '0', status: 'connecting' },
      { '.section': '1', ...(output.startsWith('user') ? { data: PAGE } : {}), ...done },
    ];
    return { kind: 'rows', rows };
  },
};

function outputOf(args: ReadonlyMap<string, string>): string {
  return args.get('output') ?? (args.get('keep-result') === 'no' ? 'none' : 'file');
}

function targetOf(args: ReadonlyMap<string, string>): { readonly host: string; readonly file: string } {
  const url = args.get('url');
  if (url === undefined) {
    const host = args.get('address') ?? args.get('host');
    if (host === undefined) throw missingArgument('url');
    return { host, file: fileName(args.get('src-path') ?? '') };
  }
  const match = /^(?:https?|s?ftp|tftp):\/\/(?:[^/@]*@)?(\[[^\]]+\]|[^/:?#]+)(?::\d+)?([^?#]*)/i.exec(url);
  if (!match) throw failure('invalid URL');
  return { host: (match[1] ?? '').replaceAll(/[[\]]/g, ''), file: fileName(match[2] ?? '') };
}

/** A file is called as the last word of the path. */
function fileName(path: string): string {
  return path.split('/').at(-1) || 'index.html';
}
