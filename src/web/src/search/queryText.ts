/** The query as text: what kind each piece is (for colour only; the engine alone decides the meaning), and terms of a facet put in and taken out. */

export type Kind = 'gene' | 'change' | 'field' | 'value' | 'word' | 'sign' | 'blank';

export interface Piece {
  text: string;
  kind: Kind;
  start: number;
}

const operators = new Set(['and', 'or', 'not', 'かつ', 'または', 'after', 'before', 'within', 'any']);
const changeLike =
  /^(p\.|c\.)|^[A-Z][a-z]{0,2}\d+|^(onc|vus|wt|amp|loss|fusion|trunc|missense|splice|inframe|promoter|nonsense|frameshift)$|^exon|^del\d|^cn[<>=]|^codon/i;
const geneLike = /^[A-Za-z][A-Za-z0-9]*([-:]+[A-Za-z0-9]+|[/>][A-Za-z0-9]*)*$/;

/** As the engine reads it: full-width letters, blanks, quotes and dashes as their plain forms, one for one where that is possible. */
export function normalise(text: string): string {
  return Array.from(text, (c) => {
    if (/[“”„‟«»「」『』]/.test(c)) return '"';
    if (/[\u2010-\u2015\u2212]/.test(c)) return '-';
    if (c === '、') return ',';
    if (/\s/.test(c)) return ' ';
    if (c === '≧' || c === '≥') return '>=';
    if (c === '≦' || c === '≤') return '<=';
    return c.normalize('NFKC');
  }).join('');
}

/** Splits without losing a character: the pieces joined are the text. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  let afterGene = false;
  let afterField = false;
  const put = (piece: string, kind: Kind, start: number) => found.push({ text: piece, kind, start });
  for (const match of text.matchAll(/[\s　]+|["“「『][^"”」』]*["”」』]?|[(),（），、]|[^\s　()（）,，、"“「『]+/g)) {
    const raw = match[0];
    const at = match.index;
    const plain = normalise(raw);
    if (plain.trim() === '') {
      put(raw, 'blank', at);
      if (found.length > 1) afterField = false;
    } else if (/^[(),]$/.test(plain)) {
      put(raw, 'sign', at);
      if (plain !== ',') [afterGene, afterField] = [false, false];
    } else if (plain.startsWith('"')) {
      put(raw, 'value', at);
    } else if (operators.has(plain.toLowerCase())) {
      put(raw, 'word', at);
      afterGene = false;
    } else if (afterField) {
      put(raw, 'value', at);
    } else {
      const cut = /^([^:=<>]+)(::|:?[<>]=?|[:=])(.*)$/s.exec(plain);
      const isFusion = cut !== null && (cut[2] === '::' || (cut[2] === '>' && /^[A-Z0-9-]*$/.test(cut[3] ?? '') && !/^\d/.test(cut[3] ?? '')));
      if (cut && !isFusion && plain.length === raw.length && !(afterGene && changeLike.test(plain))) {
        const field = (cut[1] ?? '').length + (cut[2] ?? '').length;
        const gene = /^[A-Z][A-Z0-9-]+$/.test(cut[1] ?? '') && cut[2] === ':';
        put(raw.slice(0, field), gene ? 'gene' : 'field', at);
        if (field < raw.length) put(raw.slice(field), gene ? 'change' : 'value', at + field);
        afterField = true;
        afterGene = false;
      } else if (plain === '+' || plain === '*') {
        put(raw, 'sign', at);
      } else if (afterGene && changeLike.test(plain)) {
        put(raw, 'change', at);
      } else if (geneLike.test(plain)) {
        put(raw, 'gene', at);
        afterGene = true;
      } else {
        put(raw, 'word', at);
      }
    }
  }
  return found;
}

/** The terms that canonical text joins by `and`; null when it is an alternative, which has to be taken as a whole. */
export function conjuncts(canonical: string): string[] | null {
  const text = canonical.trim();
  if (text === '' || text === '*') return [];
  const terms: string[] = [];
  let depth = 0;
  let quoted = false;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const c = text[at];
    if (c === '"') quoted = !quoted;
    if (quoted) continue;
    if (c === '(') depth++;
    if (c === ')') depth--;
    if (depth > 0) continue;
    if (text.startsWith(' or ', at)) return null;
    if (text.startsWith(' and ', at)) {
      terms.push(text.slice(from, at));
      at += 4;
      from = at + 1;
    }
  }
  terms.push(text.slice(from));
  return terms;
}

export function quoted(value: string): string {
  return /^[\p{L}\p{N}.+\-/@_]+$/u.test(value) ? value : `"${value.replaceAll('"', '""')}"`;
}

/** What stands after the field in a term of canonical text, or null when it is another field's. */
function restOf(term: string, field: string): string | null {
  return term.startsWith(field) && /^(:|[<>]=?)/.test(term.slice(field.length)) ? term.slice(field.length) : null;
}

/** Values of a field that canonical text asks for: `["IV"]` of `stage:IV`; comparisons stay as they are: `["<=39"]`. */
export function chosen(canonical: string, field: string): string[] {
  const found = (conjuncts(canonical) ?? []).map((t) => restOf(t, field)).find((r) => r !== null);
  if (!found) return [];
  if (!found.startsWith(':')) return [found];
  return Array.from(found.slice(1).matchAll(/"((?:[^"]|"")*)"|[^,]+/g), (m) => (m[1] === undefined ? m[0] : m[1].replaceAll('""', '"')));
}

/** The same question without the field: what the other values of a facet would give. */
export function without(canonical: string, field: string): string {
  const terms = conjuncts(canonical);
  return terms === null ? canonical : terms.filter((t) => restOf(t, field) === null).join(' and ');
}

/** The question with a facet's value put in, or taken out when it was in. `value` is a value (`IV`), `missing`, or a comparison (`>=10`, `60-69`). */
export function toggle(canonical: string, field: string, value: string, single = false): string {
  const now = chosen(canonical, field);
  const alone = single || value === 'missing' || /^[<>]/.test(value) || now.some((v) => v === 'missing' || /^[<>]/.test(v));
  const next = now.includes(value) ? now.filter((v) => v !== value) : alone ? [value] : [...now, value];
  const rest = without(canonical, field);
  if (next.length === 0) return rest;
  const first = next[0] ?? '';
  const term = /^[<>]/.test(first) ? field + first : `${field}:${next.map((v) => (/^\d+-\d+$/.test(v) ? v : quoted(v))).join(',')}`;
  if (rest === '' || rest === '*') return term;
  return conjuncts(rest) === null ? `(${rest}) and ${term}` : `${rest} and ${term}`;
}

/** The question with a whole term put in, as a click on a bar does. */
export function withTerm(canonical: string, term: string): string {
  const terms = conjuncts(canonical);
  if (terms === null) return `(${canonical}) and ${term}`;
  return terms.includes(term) ? canonical : [...terms, term].join(' and ');
}
