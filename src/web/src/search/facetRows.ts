import type { Panel, Row } from '../api/client';
import { chosen } from './queryText';

export interface FacetDefinition {
  /** Panel whose rows are the values. */
  panel: string;
  /** Name of the field in queries. */
  field: string;
  /** A panel's value as the query writes it. */
  write: (value: string) => string;
  /** Only one value at a time: ranges do not add up in a query. */
  single?: boolean;
  inOrder?: boolean;
  shown?: number;
}

const same = (value: string) => value;
const missing = (value: string) => (value === 'not-measured' ? 'missing' : value);

export function writeAge(band: string): string {
  if (/^-\d+$/.test(band)) return `<=${band.slice(1)}`;
  if (/^\d+-$/.test(band)) return `>=${band.slice(0, -1)}`;
  return band;
}

export const facets: FacetDefinition[] = [
  { panel: 'cancer', field: 'cancer', write: same },
  { panel: 'age', field: 'age', write: writeAge, single: true, inOrder: true },
  { panel: 'sex', field: 'sex', write: same },
  { panel: 'panel', field: 'panel', write: same },
  { panel: 'stage', field: 'stage', write: same, inOrder: true },
  { panel: 'tmb', field: 'tmb', write: (v) => (v === 'high' ? '>=10' : v === 'low' ? '<10' : missing(v)), single: true },
  { panel: 'smoking', field: 'smoking', write: same },
  { panel: 'ps', field: 'ps', write: same, inOrder: true },
  { panel: 'outcome', field: 'outcome', write: same },
  { panel: 'year', field: 'year', write: same, inOrder: true, shown: 8 },
  { panel: 'hospital', field: 'hospital', write: same, shown: 5 },
];

/** What a facet shows: its values within the present cohort or, once one is chosen, what each would give. */
export function rowsOf(facet: FacetDefinition, panel: Panel | undefined, canonical: string): { row: Row; on: boolean; off: boolean }[] {
  const now = chosen(canonical, facet.field);
  return (panel?.rows ?? [])
    .filter((row) => row.value !== 'other' && (row.cases !== 0 || now.includes(facet.write(row.value))))
    .map((row) => {
      const on = now.includes(facet.write(row.value));
      return { row, on, off: now.length > 0 && !on };
    });
}

/** Rows of a tree in the order in which they are read, with how deep each lies; closed branches leave out what is below. */
export function branches(rows: readonly Row[], open: ReadonlySet<string>): { row: Row; depth: number; open: boolean | undefined }[] {
  const below = new Map<string, Row[]>();
  const known = new Set(rows.map((r) => r.value));
  for (const row of rows) {
    const parent = row.parent && known.has(row.parent) ? row.parent : '';
    below.set(parent, [...(below.get(parent) ?? []), row]);
  }
  const found: { row: Row; depth: number; open: boolean | undefined }[] = [];
  const walk = (parent: string, depth: number) => {
    for (const row of below.get(parent) ?? []) {
      const isOpen = below.has(row.value) ? open.has(row.value) : undefined;
      found.push({ row, depth, open: isOpen });
      if (isOpen) walk(row.value, depth + 1);
    }
  };
  walk('', 0);
  return found;
}

/** All that lies above a value, so that what was chosen can be seen. */
export function above(rows: readonly Row[], value: string): string[] {
  const found: string[] = [];
  for (let row = rows.find((r) => r.value === value); row?.parent && !found.includes(row.parent); ) {
    found.push(row.parent);
    const parent: string = row.parent;
    row = rows.find((r) => r.value === parent);
  }
  return found;
}
