import { expect, it } from 'vitest';
import en from './en';
import ja from './ja';

const keys = (tree: object, at = ''): string[] => Object.entries(tree).flatMap(([k, v]) => (typeof v === 'object' && v !== null ? keys(v, `${at}${k}.`) : [`${at}${k}`]));
const texts = (tree: object): string[] => Object.values(tree).flatMap((v) => (typeof v === 'object' && v !== null ? texts(v) : [String(v)]));

it('has every text in both languages', () => expect(keys(ja).sort()).toEqual(keys(en).sort()));

it('names the same blanks to fill in', () => {
  const blanks = (tree: object) => texts(tree).map((t) => [...t.matchAll(/\{\{(\w+)/g)].map((m) => m[1]).sort().join());
  expect(blanks(ja)).toEqual(blanks(en));
});

it('never calls pseudonymised data anonymous', () => expect(texts(ja).filter((t) => t.includes('匿名'))).toEqual([]));
