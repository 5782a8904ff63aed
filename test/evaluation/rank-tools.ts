/** What a ranker sees of a tool. */
export interface RankedTool {
  name: string;
  title?: string | undefined;
  description?: string | undefined;
}

// As in Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with usual values.
const K1 = 1.2;
const B = 0.75;

/**
 * Names of the tools by how well their words fit a request (BM25), best first. Hosts that search among tools rank in a
 * way like this, so a tool whose words nobody would use is not found by them either.
 */
export function rankTools(request: string, tools: readonly RankedTool[]): string[] {
  const texts = tools.map(({ name, title = '', description = '' }) => wordsOf(`${name} ${title} ${description}`));
  const meanLength = texts.reduce((sum, words) => sum + words.length, 0) / texts.length;
  const scores = texts.map((words) =>
    [...new Set(wordsOf(request))].reduce((score, word) => {
      const times = words.filter((one) => one === word).length;
      const holders = texts.filter((text) => text.includes(word)).length;
      const rarity = Math.log(1 + (texts.length - holders + 0.5) / (holders + 0.5));
      const saturation = (times * (K1 + 1)) / (times + K1 * (1 - B + (B * words.length) / meanLength));
      return score + rarity * saturation;
    }, 0),
  );
  return tools
    .map(({ name }, index) => ({ name, score: scores[index] ?? 0 }))
    .toSorted((one, other) => other.score - one.score)
    .map(({ name }) => name);
}

/** Words that every request holds and that decide nothing. */
const STOP_WORDS = new Set(
  'a all and are at by can do does for from has have how i in is it its me my of on or that the their this to was what which who with you'.split(
    ' ',
  ),
);

function wordsOf(text: string): string[] {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return words.filter((word) => !STOP_WORDS.has(word)).map(stemOf);
}

/** Plurals and the forms of verbs as one; what is left need not be a word. */
function stemOf(word: string): string {
  return word.length <= 4 ? word.replace(/s$/, '') : word.replace(/(ies|es|s)$/, '').replace(/(ing|ed|e|y)$/, '');
}
