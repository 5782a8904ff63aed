import { createHash } from 'node:crypto';
import { CLOSED_POLICY } from '../page-policy.ts';
import { Html } from './html.ts';

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#d7dbe0, #363d45); --soft: light-dark(#f4f6f8, #1d2228);
  --text: light-dark(#1b1f24, #e4e7eb); --dim: light-dark(#57606a, #9aa4af); --link: light-dark(#0b57d0, #8ab4ff);
  --good: light-dark(#156c2f, #6fd08c); --good-back: light-dark(#e3f5e8, #16321f);
  --warn: light-dark(#7a4d00, #f2c264); --warn-back: light-dark(#fff2d6, #3a2d10);
  --bad: light-dark(#a01c1c, #ff9b94); --bad-back: light-dark(#fde7e6, #401a18); }
* { box-sizing: border-box }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: light-dark(#fff, #14181c) }
a { color: var(--link) }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; padding: .6rem 1.5rem; border-bottom: 1px solid var(--line); font-size: .875rem; color: var(--dim) }
header strong { color: var(--text) } header span { margin-left: auto }
main { max-width: 72rem; margin: 0 auto; padding: 1.5rem }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem } h2 { font-size: 1.1rem; margin: 2rem 0 .6rem }
h4 { font-size: .9375rem; margin: 1rem 0 .3rem } .rules td:first-child { width: 6rem } .group .rules { table-layout: auto }
h3 { font-size: 1rem; margin: 0 0 .4rem }
p { margin: .4rem 0 }
code, pre, .value { font: .875rem/1.45 ui-monospace, monospace; overflow-wrap: anywhere }
.dim { color: var(--dim) } .small { font-size: .875rem }
.badge { display: inline-block; white-space: nowrap; padding: .1rem .55rem; border-radius: 1rem; font-size: .875rem; font-weight: 600; background: var(--soft); border: 1px solid var(--line) }
.good { color: var(--good); background: var(--good-back); border-color: transparent }
.warn { color: var(--warn); background: var(--warn-back); border-color: transparent }
.bad { color: var(--bad); background: var(--bad-back); border-color: transparent }
.notice { padding: .6rem .9rem; border-radius: .4rem; border: 1px solid var(--line); background: var(--soft); margin: .8rem 0 }
.notice.good { background: var(--good-back) } .notice.warn { background: var(--warn-back) } .notice.bad { background: var(--bad-back) }
.notice.good, .notice.warn, .notice.bad { border-color: transparent }
dl { display: grid; grid-template-columns: minmax(7rem, max-content) 1fr; gap: .35rem 1.2rem; margin: 1rem 0 }
dt { color: var(--dim) } dd { margin: 0; overflow-wrap: anywhere }
table { border-collapse: collapse; width: 100%; font-size: .9375rem }
th, td { text-align: left; vertical-align: top; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line) }
th { font-weight: 600; font-size: .8125rem; color: var(--dim) }
.wide { overflow-x: auto } td.name { white-space: nowrap } th.most { width: 70% }
.group { border: 1px solid var(--line); border-radius: .4rem; margin: 0 0 1rem; padding: .8rem 1rem; break-inside: avoid }
.group table { table-layout: fixed } .group .path td { background: var(--soft); font-weight: 600; padding-left: .5rem }
del, ins { text-decoration: none; padding: 0 .2rem; border-radius: .2rem } 
del { background: var(--bad-back); color: var(--bad) } ins { background: var(--good-back); color: var(--good) }
summary { cursor: pointer } details > :not(summary) { margin-top: .5rem }
progress { width: 100%; height: .9rem } 
form { border: 1px solid var(--line); border-radius: .4rem; padding: 1rem; background: var(--soft) }
form ul.choices { list-style: none; margin: .6rem 0 0; padding: 0 } .choices li { display: grid; grid-template-columns: 17rem 1fr; gap: 1rem; align-items: center; padding: .3rem 0 } .choices button { margin: 0 }
.skip { margin: .8rem 0 } fieldset { border: 0; margin: 0 0 .8rem; padding: 0; columns: 12rem } legend { padding: 0 0 .4rem; font-weight: 600 } fieldset label { display: block; break-inside: avoid }
textarea { width: 100%; min-height: 4.5rem; font: inherit; padding: .5rem; border: 1px solid var(--line); border-radius: .3rem; background: light-dark(#fff, #14181c); color: inherit }
button { font: inherit; font-weight: 600; padding: .5rem 1.2rem; margin: .6rem .5rem 0 0; border-radius: .3rem; border: 1px solid var(--line); cursor: pointer; background: light-dark(#fff, #262c33); color: inherit }
button.approve { background: #1a7f37; border-color: #1a7f37; color: #fff } button.danger { border-color: var(--bad); color: var(--bad) }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px }
@media (max-width: 40rem) { .choices li { grid-template-columns: 1fr; gap: .2rem } dl { grid-template-columns: 1fr; gap: 0 } dd { margin-bottom: .5rem } main { padding: 1rem } }
@media print { form, header a { display: none } }
`;

/** Whole, because its hash is of every character between the tags. */
export const STYLE_ELEMENT = new Html(`<style>${STYLE}</style>`);
const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

/** Nothing on the page runs or is loaded from anywhere, nothing may frame it, and its form goes to the gateway only. */
export const PLAN_PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': `${CLOSED_POLICY}; style-src 'sha256-${STYLE_HASH}'; form-action 'self'`,
  'Cache-Control': 'no-store',
};
