import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Row } from '../api/client';
import { Num } from './Numbers';

export interface FacetRow {
  row: Row;
  /** Within the present choice; undefined when the row lies outside it. */
  on: boolean;
  off: boolean;
  depth?: number;
  /** Of a tree: whether something lies below, and whether it is shown. */
  open?: boolean;
}

/** Counts with quiet bars; choosing one writes into the query. What lies outside the present choice is grey: so many if it were changed. */
export function Facet({ title, rows, onToggle, onOpen, shown = 7 }: { title: string; rows: FacetRow[]; onToggle: (value: string) => void; onOpen?: (value: string) => void; shown?: number }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const most = Math.max(1, ...rows.map((r) => r.row.cases ?? 0));
  const seen = all ? rows : rows.filter((r, i) => i < shown || r.on);
  return (
    <fieldset className="facet">
      <h2>{title}</h2>
      <ul>
        {seen.map(({ row, on, off, depth = 0, open }) => (
          <li key={row.value} className={depth > 0 ? `tree indent-${Math.min(depth, 4)}` : onOpen ? 'tree' : undefined}>
            {onOpen && (open === undefined ? <span className="twig" /> : (
              <button type="button" className="twig" aria-expanded={open} aria-label={t('below', { label: row.label })} onClick={() => onOpen(row.value)}>{open ? '▾' : '▸'}</button>
            ))}
            <button type="button" className={off ? 'f off' : 'f'} aria-pressed={on} title={off ? t('ifChanged') : row.label} onClick={() => onToggle(row.value)}>
              <i style={{ width: `${(100 * (row.cases ?? 0)) / most}%` }} />
              <span>{row.label}</span>
              <span><Num value={row.cases} below={row.below} /></span>
            </button>
          </li>
        ))}
      </ul>
      {rows.length > seen.length || all ? (
        rows.length > shown && <button type="button" className="linky small" onClick={() => setAll(!all)}>{all ? t('fewer') : t('more', { count: rows.length - seen.length })}</button>
      ) : null}
    </fieldset>
  );
}
