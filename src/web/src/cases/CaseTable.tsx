import { useInfiniteQuery } from '@tanstack/react-query';
import { createColumnHelper, flexRender, getCoreRowModel, useReactTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, ask, type CaseColumn, type CaseList, type Panel } from '../api/client';
import { useCharacteristics, type Question } from '../api/questions';
import { Empty, Loading, Trouble } from '../grammar/States';
import { day, number } from '../i18n';

const perPage = 200;
const rowHeight = 29;

type Item = CaseList['items'][number];

/** Labels of codes, from the characteristics, which the portal gives in the reader's language. */
export function labelsOf(panels: readonly Panel[], yesNo: Record<string, string>) {
  const byField = new Map<string, Map<string, string>>();
  for (const panel of panels) byField.set(panel.name.replace(/^biomarker\./, '').replaceAll('-', '_'), new Map(panel.rows.map((r) => [r.value, r.label])));
  return (column: CaseColumn, value: unknown): string => {
    if (value === null || value === undefined) return '';
    if (typeof value === 'number') return column.name === 'year' || column.name === 'fiscal_year' ? String(value) : number(value, Number.isInteger(value) ? 0 : 2);
    const text = String(value);
    if (column.type === 'date') return day(text);
    return byField.get(column.name)?.get(text) ?? yesNo[text] ?? text;
  };
}

const widthOf = (column: CaseColumn) => (column.name === 'panel' || column.name === 'cancer' ? 'w-l' : column.type === 'open' || column.type === 'text' ? 'w-m' : column.type === 'date' ? 'w-m' : 'w-s');

/** The cases of a question. Only what is in sight is in the page; what comes next is fetched from the last case on. */
export function CaseTable({ question, columns }: { question: Question; columns: string[] | undefined }) {
  const { t, i18n } = useTranslation('cases');
  const place = useRef<HTMLDivElement>(null);
  const { data, error, isPending, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['cases', question, columns, i18n.language],
    queryFn: ({ pageParam, signal }) =>
      ask(api.POST('/api/v1/releases/{release}/cases', {
        params: { path: { release: question.release }, query: { Limit: perPage, After: pageParam } },
        body: { query: question.query, project: question.project ?? null, columns: columns ?? null },
        signal,
      })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => last.next ?? undefined,
    staleTime: 60_000,
  });
  const characteristics = useCharacteristics(question, true);
  const items = useMemo(() => data?.pages.flatMap((p) => p.items) ?? [], [data]);
  const described = data?.pages[0]?.columns;
  const yesNo = useMemo(() => ({ yes: t('yes'), no: t('no'), unknown: t('unknown') }), [t]);
  const label = useMemo(() => labelsOf(characteristics.data?.panels ?? [], yesNo), [characteristics.data, yesNo]);
  const definitions = useMemo(() => {
    const helper = createColumnHelper<Item>();
    const back = `?release=${encodeURIComponent(question.release)}${question.project ? `&project=${encodeURIComponent(question.project)}` : ''}`;
    return [
      helper.accessor('id', { header: t('id'), meta: { width: 'w-id' }, cell: (c) => <Link className="mono" to={`/cases/${c.getValue()}${back}`}>{c.getValue()}</Link> }),
      ...(described ?? []).map((column, i) =>
        helper.accessor((item) => item.values[i], {
          id: column.name,
          header: column.unit ? `${column.label} (${t(`unit.${column.unit}` as never, { defaultValue: column.unit })})` : column.label,
          meta: { width: widthOf(column), numeric: column.type === 'integer' || column.type === 'decimal' },
          cell: (c) => label(column, c.getValue()),
        }),
      ),
    ];
  }, [described, label, question, t]);
  const table = useReactTable({ data: items, columns: definitions, getCoreRowModel: getCoreRowModel(), getRowId: (row) => row.id });
  const rows = table.getRowModel().rows;
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => place.current, estimateSize: () => rowHeight, overscan: 20 });
  const seen = virtual.getVirtualItems();
  const last = seen[seen.length - 1]?.index ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage && last >= rows.length - perPage / 2) void fetchNextPage();
  }, [last, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  if (error && !data) return <Trouble error={error} retry={() => void refetch()} />;
  if (isPending) return <Loading lines={12} />;
  const total = data?.pages[0]?.cases ?? 0;
  if (total === 0) return <Empty title={t('none')}><p>{t('noneNext')}</p></Empty>;
  return (
    <div className="stack" style={{ gap: 6 }}>
      <div className="mute small" aria-live="polite">{t('loaded', { loaded: number(rows.length), count: total, total: number(total) })}</div>
      <div className="virtual" ref={place} tabIndex={0} role="region" aria-label={t('title')}>
        <table aria-rowcount={total + 1}>
          <thead>
            {table.getHeaderGroups().map((group) => (
              <tr key={group.id} aria-rowindex={1}>
                {group.headers.map((h) => <th key={h.id} scope="col" className={classOf(h.column.columnDef.meta)} title={String(h.column.columnDef.header)}>{flexRender(h.column.columnDef.header, h.getContext())}</th>)}
              </tr>
            ))}
          </thead>
          <tbody style={{ height: virtual.getTotalSize() }}>
            {seen.map((v) => {
              const row = rows[v.index];
              return row && (
                <tr key={row.id} aria-rowindex={v.index + 2} style={{ transform: `translateY(${v.start}px)` }}>
                  {row.getVisibleCells().map((c) => <td key={c.id} className={classOf(c.column.columnDef.meta)}>{flexRender(c.column.columnDef.cell, c.getContext())}</td>)}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
      {error && <Trouble error={error} retry={() => void fetchNextPage()} />}
    </div>
  );
}

const classOf = (meta: unknown) => {
  const { width = 'w-m', numeric = false } = (meta ?? {}) as { width?: string; numeric?: boolean };
  return numeric ? `${width} num` : width;
};
