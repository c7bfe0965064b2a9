import { expect, it } from 'vitest';
import { labelsOf } from './CaseTable';
import { groupOf } from './record';

it('puts every field under a heading', () =>
  expect(['sex', 'age', 'stage', 'panel', 'lung_egfr', 'ep_held', 'outcome', 'something_new'].map(groupOf)).toEqual(['patient', 'patient', 'disease', 'test', 'markers', 'panel', 'course', 'patient']));

it('labels codes in the reader\'s language, and leaves what it does not know as it is', () => {
  const label = labelsOf([{ name: 'prior-therapy', unit: 'cases', shape: 'partition', denominator: 1, values: 1, rows: [{ value: 'yes', label: 'あり', cases: 1, of: 1, percent: 100, parent: null, below: null as never }] }], { no: 'なし' });
  const column = { name: 'prior_therapy', label: '', type: 'code', unit: undefined };
  expect([label(column, 'yes'), label(column, 'no'), label(column, 'else'), label(column, null)]).toEqual(['あり', 'なし', 'else', '']);
});
