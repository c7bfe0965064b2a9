import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ask, Problem } from '../api/client';
import { suggestionsFor, useCount, useReleases } from '../api/questions';
import { Plain } from '../grammar/Card';
import { QueryBar } from '../grammar/QueryBar';
import { Trouble } from '../grammar/States';
import { bytes, number } from '../i18n';
import { draft, type Standing } from '../session/session';
import { expectedBytes } from './progress';

const profiles = ['tables'] as const;

/** What, for which project, as what; how much it will be and what it looks like; then one button. */
export function NewExport({ standing, query, release, onDone }: { standing: Standing; query: string; release?: string; onDone: (id: string) => void }) {
  const { t, i18n } = useTranslation('exports');
  const queries = useQueryClient();
  const releases = useReleases(true);
  const [text, setText] = useState(() => query || (draft.read('/exports') ?? ''));
  const [asked, setAsked] = useState(text);
  const [profile, setProfile] = useState<(typeof profiles)[number]>('tables');
  // One key for one intention: a double click, or a second try after a lost answer, makes no second export.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const chosen = release ?? releases.data?.default ?? 'default';
  const question = { release: chosen, project: standing.name, query: asked };
  const count = useCount(question, standing.download && releases.isSuccess);
  const mistake = count.error instanceof Problem && count.error.code === 'query_invalid' ? count.error.mistakes[0] : undefined;
  const preview = useQuery({
    queryKey: ['preview', question, i18n.language],
    queryFn: ({ signal }) => ask(api.POST('/api/v1/releases/{release}/cases', { params: { path: { release: chosen }, query: { Limit: 5 } }, body: { query: asked, project: standing.name ?? null }, signal })),
    enabled: count.isSuccess && !count.isPlaceholderData && !mistake,
  });
  const start = useMutation({
    mutationFn: () => ask(api.POST('/api/v1/exports', { params: { header: { 'Idempotency-Key': key } }, body: { release: chosen, query: asked, project: standing.name ?? null, profile } })),
    onSuccess: async (made) => {
      draft.clear('/exports');
      setKey(crypto.randomUUID());
      await queries.invalidateQueries({ queryKey: ['exports'] });
      onDone(made.id);
    },
  });
  function submit(e: FormEvent) {
    e.preventDefault();
    if (!start.isPending && text === asked && !mistake) start.mutate();
  }
  if (!standing.download) return <Trouble error={new Problem(403, 'permission_missing', undefined)} />;
  return (
    <form className="card stack" onSubmit={submit} aria-label={t('new')}>
      <h2>{t('new')}</h2>
      <QueryBar label={t('query')} placeholder={t('queryHint')} value={text} mistake={text === asked ? mistake : undefined} onChange={(v) => (setText(v), draft.write('/exports', v))}
        onCommit={(v) => (setAsked(v), setKey(crypto.randomUUID()))} suggest={suggestionsFor(i18n.language, chosen, standing.name)} />
      {mistake && <p className="mistake">{mistake.message}</p>}
      <div className="row-gap" style={{ gap: 18, alignItems: 'end' }}>
        <div className="field">
          <label htmlFor="profile">{t('profile')}</label>
          <select id="profile" value={profile} onChange={(e) => setProfile(e.target.value as typeof profile)}>{profiles.map((p) => <option key={p} value={p}>{t(`profiles.${p}`)}</option>)}</select>
        </div>
        <div><span className="mute small">{t('release')}</span><br />{chosen}</div>
        <div><span className="mute small">{t('project')}</span><br />{standing.project?.title}</div>
        <div data-testid="expected"><span className="mute small">{t('expected')}</span><br />{count.data && !mistake && count.data.cases !== null && count.data.cases !== undefined ? t('expectedValue', { n: number(count.data.cases), patients: number(count.data.patients ?? 0), bytes: bytes(expectedBytes(count.data.cases)) }) : '–'}</div>
        <button type="submit" className="btn primary" disabled={start.isPending || !count.data || !!mistake || text !== asked}>{t('start')}</button>
      </div>
      {text !== asked && <p className="small mute">{t('pressEnter')}</p>}
      {(start.error || (count.error && !mistake)) && <Trouble error={start.error ?? count.error} />}
      {preview.data && (
        <div>
          <p className="small mute">{t('preview')}</p>
          <Plain label={t('preview')} table={{ head: ['ID', ...preview.data.columns.map((c) => c.label)], rows: preview.data.items.map((r) => [r.id, ...r.values.map((v) => (typeof v === 'number' ? v : v === null ? null : String(v)))]) }} />
        </div>
      )}
      <p className="small mute">{t('profileNote')}</p>
    </form>
  );
}
