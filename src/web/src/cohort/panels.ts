import i18n from 'i18next';
import { useTranslation } from 'react-i18next';
import type { CharacteriseAnswer, Panel, Row } from '../api/client';
import type { Cell, TableOf } from '../grammar/csv';
import { number } from '../i18n';
import { forPublication } from './suppression';

/** How the cohort is looked at; part of the link. */
export interface View {
  /** Alterations that are known to matter, or all that were reported. */
  oncogenic: boolean;
  publication: boolean;
}

/** The panels of an answer by name, as they may be shown. */
export function panelsOf(answer: CharacteriseAnswer | undefined, view: View): Map<string, Panel> {
  return new Map((answer?.panels ?? []).map((p) => [p.name, readable(view.publication ? forPublication(honest(p)) : honest(p))]));
}

/**
 * Where the portal held back a part of a whole, what it gives as the whole is the sum of what is left: shares of that would read as 100 % of the survivors.
 * The numbers stay, the shares go.
 */
function honest(panel: Panel): Panel {
  if (panel.shape === 'overlapping' || !panel.rows.some((r) => isHeld(r))) return panel;
  return { ...panel, denominator: undefined, held: true, rows: panel.rows.map((r) => ({ ...r, of: undefined, percent: undefined })) } as Panel;
}

export const isHeld = (row: Row | undefined) => row !== undefined && (row.cases === null || row.cases === undefined);
const isWithoutWhole = (panel: Panel) => (panel as { held?: boolean }).held === true;

/** Bands of age as people write them: `60–69`, `–39`, `80–`. */
function readable(panel: Panel): Panel {
  return panel.name === 'age' ? { ...panel, rows: panel.rows.map((r) => (/^\d*-\d*$/.test(r.label) ? { ...r, label: r.label.replace('-', '–') } : r)) } : panel;
}

/** A panel's title: our own for those that are known, the field's name in the data dictionary for biomarkers, which the portal sends along. */
export function useTitles(panels: Map<string, Panel>) {
  const { t } = useTranslation('cohort');
  return (name: string): string => {
    const field = name.startsWith('biomarker.') ? panels.get('completeness')?.rows.find((r) => r.value === `case.${name.slice(10)}`)?.label : undefined;
    return field ?? t(`panels.${name}` as never, { defaultValue: name });
  };
}

export function useUnits() {
  const { t } = useTranslation('cohort');
  return (panel: Panel): string => {
    const unit = t(`units.${panel.unit}` as never, { defaultValue: panel.unit });
    if (isWithoutWhole(panel)) return t('heldDenominator', { unit });
    return panel.denominator === null || panel.denominator === undefined ? t('ownDenominators', { unit }) : t('denominator', { unit, count: panel.denominator, n: number(panel.denominator) });
  };
}

export const cellOf = (row: Row): Cell => row.cases ?? (row.below ? i18n.t('heldBack') : null);

export function useTables() {
  const { t } = useTranslation('cohort');
  return (rows: readonly Row[]): TableOf => ({
    head: [t('column.value'), t('column.label'), t('column.cases'), t('column.of'), '%'],
    rows: rows.map((r) => [r.value, r.label, cellOf(r), r.of ?? null, r.percent ?? null]),
  });
}

/** The best answers of each drug in the order of the criteria, with the rate beside. */
export interface DrugResponses {
  drug: string;
  label: string;
  /** CR, PR, SD, PD, NE; null where held back. */
  parts: (number | null)[];
  rate: Row;
  missing: number | null;
}

export const responses = ['CR', 'PR', 'SD', 'PD', 'NE'] as const;

export function drugResponses(panels: Map<string, Panel>, most: number): DrugResponses[] {
  const rows = panels.get('drug-response')?.rows ?? [];
  const byDrug = new Map<string, Row[]>();
  for (const row of rows) byDrug.set(row.parent ?? '', [...(byDrug.get(row.parent ?? '') ?? []), row]);
  return (panels.get('response-rate')?.rows ?? []).slice(0, most).map((rate) => {
    const own = byDrug.get(rate.value) ?? [];
    // No row is nobody; a row without a number was held back.
    const of = (code: string) => {
      const row = own.find((r) => r.value === `${rate.value}|${code}`);
      return row ? (row.cases ?? null) : 0;
    };
    return { drug: rate.value, label: rate.label, parts: responses.map(of), rate, missing: of('missing') };
  });
}

/** Ages down the middle, men left, women right. */
export function pyramid(panel: Panel | undefined) {
  const bands = new Map<string, { male?: Row; female?: Row }>();
  for (const row of panel?.rows ?? []) {
    const [band = '', sex = ''] = row.value.split('|');
    const pair = bands.get(band) ?? {};
    if (sex === 'male' || sex === 'female') pair[sex] = row;
    bands.set(band, pair);
  }
  bands.delete('missing');
  return [...bands].map(([band, pair]) => ({ band, ...pair })).reverse();
}

export interface Stack {
  columns: string[];
  series: { value: string; label: string; numbers: (number | null)[] }[];
}

/** A cross table as columns of parts: the leading parts, and the rest together; with `wholes`, what was held back is part of the rest. */
export function stack(panel: Panel | undefined, labels: readonly Row[], rest: string, most = 4, wholes: readonly Row[] = []): Stack {
  const columns = [...new Set((panel?.rows ?? []).map((r) => r.parent ?? ''))].filter((c) => c !== 'missing').sort();
  const leading = labels.filter((r) => r.value !== 'missing' && r.value !== 'other').slice(0, most);
  const part = (column: string, value: string) => panel?.rows.find((r) => r.value === `${column}|${value}`)?.cases ?? 0;
  const others = columns.map((c) => {
    const whole = wholes.find((r) => r.value === c)?.cases;
    const known = leading.reduce((sum, l) => sum + part(c, l.value), 0);
    if (whole !== null && whole !== undefined) return Math.max(0, whole - known);
    return (panel?.rows ?? []).filter((r) => r.parent === c && !leading.some((l) => r.value === `${c}|${l.value}`)).reduce((sum, r) => sum + (r.cases ?? 0), 0);
  });
  return {
    columns,
    series: [
      ...leading.map((l) => ({ value: l.value, label: l.label, numbers: columns.map((c) => part(c, l.value)) })).filter((l) => l.numbers.some((n) => n > 0)),
      ...(others.some((n) => n > 0) ? [{ value: 'other', label: rest, numbers: others }] : []),
    ],
  };
}

/** Changes of one gene by where they lie; those without a place are left to the table. */
export function lollipops(panel: Panel | undefined, gene: string) {
  return (panel?.rows ?? [])
    .filter((r) => r.parent === gene)
    .map((row) => ({ row, change: row.value.slice(gene.length + 1), at: Number(/^[A-Z*](\d+)/.exec(row.value.slice(gene.length + 1))?.[1] ?? Number.NaN) }));
}
