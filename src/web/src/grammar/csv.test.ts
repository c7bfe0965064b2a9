import { expect, it } from 'vitest';
import { csv, fileName } from './csv';

it('quotes, keeps numbers and disarms formulas', () => {
  const text = csv({ head: ['gene', 'n'], rows: [['=cmd()', 1], ['a,"b"', -2.5], ['+1', null]] }, ['KRAS']);
  expect(text).toBe('\uFEFF# KRAS\r\ngene,n\r\n\'=cmd(),1\r\n"a,""b""",-2.5\r\n\'+1,\r\n');
});

it('makes file names of anything', () => expect(fileName('cohort', 'a/b "c" 肺🧬'.repeat(1))).toBe('cohort-a_b_c_肺_'));
