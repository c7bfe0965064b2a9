import { describe, expect, it } from 'vitest';
import { chosen, conjuncts, normalise, pieces, toggle, without, withTerm } from './queryText';

const kinds = (text: string) => pieces(text).filter((p) => p.kind !== 'blank').map((p) => [p.text, p.kind]);

describe('pieces', () => {
  it('loses no character', () => {
    for (const text of ['KRAS G12C not STK11 cancer:"肺 腺癌"', 'ＫＲＡＳ　Ｇ１２Ｃ　性別：女', '"open', '((,', '', '🧬 עברית "x""y"'])
      expect(pieces(text).map((p) => p.text).join('')).toBe(text);
  });

  it('tells genes, changes, fields and values apart', () => {
    expect(kinds('KRAS G12C not STK11 cancer:LUAD')).toEqual([
      ['KRAS', 'gene'], ['G12C', 'change'], ['not', 'word'], ['STK11', 'gene'], ['cancer:', 'field'], ['LUAD', 'value'],
    ]);
    expect(kinds('EML4::ALK age>=70')).toEqual([['EML4::ALK', 'gene'], ['age>=', 'field'], ['70', 'value']]);
    expect(kinds('panel:"FoundationOne CDx"')).toEqual([['panel:', 'field'], ['"FoundationOne CDx"', 'value']]);
  });

  it('reads full-width letters as the engine does', () => {
    expect(kinds('ＫＲＡＳ　Ｇ１２Ｃ')).toEqual([['ＫＲＡＳ', 'gene'], ['Ｇ１２Ｃ', 'change']]);
    expect(kinds('性別：女')).toEqual([['性別：', 'field'], ['女', 'value']]);
    expect(normalise('ＫＲＡＳ　「肺腺癌」、age≧70')).toBe('KRAS "肺腺癌",age>=70');
  });
});

describe('conjuncts', () => {
  it('cuts at the and of the outermost level only', () => {
    expect(conjuncts('KRAS G12C and (stage:IV or stage:missing) and not (TP53 and STK11)')).toEqual(['KRAS G12C', '(stage:IV or stage:missing)', 'not (TP53 and STK11)']);
    expect(conjuncts('hospital:"a and b" and KRAS')).toEqual(['hospital:"a and b"', 'KRAS']);
    expect(conjuncts('*')).toEqual([]);
  });

  it('takes an alternative as a whole', () => expect(conjuncts('KRAS or TP53')).toBeNull());
});

describe('facets', () => {
  it('write into the query and back', () => {
    const once = toggle('KRAS G12C', 'stage', 'IV');
    expect(once).toBe('KRAS G12C and stage:IV');
    expect(toggle(once, 'stage', 'III')).toBe('KRAS G12C and stage:IV,III');
    expect(toggle(once, 'stage', 'IV')).toBe('KRAS G12C');
    expect(toggle(once, 'stage', 'missing')).toBe('KRAS G12C and stage:missing');
    expect(toggle('', 'sex', 'female')).toBe('sex:female');
    expect(toggle('*', 'sex', 'female')).toBe('sex:female');
  });

  it('replace a range, and write comparisons without a colon', () => {
    expect(toggle('age:60-69', 'age', '70-79', true)).toBe('age:70-79');
    expect(toggle('KRAS', 'tmb', '>=10', true)).toBe('KRAS and tmb>=10');
    expect(toggle('KRAS and tmb>=10', 'tmb', '>=10', true)).toBe('KRAS');
    expect(chosen('KRAS and tmb>=10', 'tmb')).toEqual(['>=10']);
  });

  it('do not mistake one field for another that begins alike', () => {
    expect(chosen('cancer.post:LUAD', 'cancer')).toEqual([]);
    expect(without('tmb.clinical:high and tmb>=10', 'tmb')).toBe('tmb.clinical:high');
  });

  it('quote what has blanks, and find it again', () => {
    const text = toggle('KRAS', 'hospital', 'Hospital 002');
    expect(text).toBe('KRAS and hospital:"Hospital 002"');
    expect(chosen(text, 'hospital')).toEqual(['Hospital 002']);
  });

  it('keep an alternative together', () => {
    expect(toggle('KRAS or TP53', 'sex', 'female')).toBe('(KRAS or TP53) and sex:female');
    expect(withTerm('KRAS or TP53', 'STK11 onc')).toBe('(KRAS or TP53) and STK11 onc');
    expect(withTerm('KRAS and TP53', 'TP53')).toBe('KRAS and TP53');
  });
});
