import { expect, it } from 'vitest';
import { load, remember, type Asked } from './history';

const asked = (q: string): Asked => ({ q, cases: 1, at: 0 });

it('keeps each question once, the latest first, and not too many', () => {
  let list: Asked[] = [];
  for (let i = 0; i < 60; i++) list = remember(list, asked(`q${i}`));
  list = remember(list, asked('q30'));
  expect(list[0]?.q).toBe('q30');
  expect(list.filter((a) => a.q === 'q30')).toHaveLength(1);
  expect(list).toHaveLength(50);
  expect(remember(list, asked(' '))).toEqual(list);
});

it('survives what another program left in the storage', () => {
  localStorage.setItem('history:me', '{not json');
  expect(load('history', 'me')).toEqual([]);
  localStorage.setItem('history:me', '[1,null,{"q":"KRAS","cases":1,"at":0}]');
  expect(load('history', 'me')).toHaveLength(1);
});
