import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useParams, useSearchParams } from 'react-router';
import { api, ask, Problem, problemOf, type ExportManifest, type ExportStatus } from '../api/client';
import { Page } from '../grammar/Page';
import { Queue } from '../grammar/Queue';
import { Empty, Loading, SignedOut, Trouble } from '../grammar/States';
import { bytes, instant, number } from '../i18n';
import { useSession, useStanding } from '../session/session';
import { NewExport } from './NewExport';
import { isActive, shareDone } from './progress';

export default function ExportsPage() {
  const { t } = useTranslation('exports');
  const { id } = useParams();
  const [search] = useSearchParams();
  const navigate = useNavigate();
  const session = useSession();
  const { standing, error: standingError } = useStanding(!!session.data);
  const list = useQuery({
    queryKey: ['exports'],
    queryFn: ({ signal }) => ask(api.GET('/api/v1/exports', { params: { query: { Limit: 100 } }, signal })),
    enabled: !!session.data,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data?.items.some((e) => isActive(e)) ? 1500 : false),
  });
  const items = list.data?.items ?? [];
  const isNew = search.get('new') === '1';
  const current = items.find((e) => e.id === (id ?? items[0]?.id));
  return (
    <Page title={t('title')} lead={t('lead')} actions={standing?.download && !isNew && <Link className="btn primary" to="/exports?new=1">{t('new')}</Link>}>
      {session.data === null ? <SignedOut /> : standingError || list.error ? <Trouble error={standingError ?? list.error} retry={() => void list.refetch()} /> : !standing || list.isPending ? <Loading /> : (
        <div className="stack">
          {isNew && <NewExport standing={standing} query={search.get('q') ?? ''} release={search.get('release') ?? undefined} onDone={(made) => void navigate(`/exports/${made}`)} />}
          {items.length === 0 ? !isNew && (
            <Empty title={t('none')}>
              <p>{t(standing.download ? 'noneNext' : 'noneAllowed')}</p>
              <div className="row-gap"><Link className="btn" to={standing.download ? '/search' : '/#apply'}>{t(standing.download ? 'toSearch' : 'toApply')}</Link></div>
            </Empty>
          ) : (
            <Queue label={t('title')} current={current?.id} onChoose={(chosen) => void navigate(`/exports/${chosen}`)}
              items={items.map((e) => ({ id: e.id, title: e.query === '' ? '*' : e.query, note: <><State state={e.state} /> {instant(e.requested)}{isActive(e) && ` · ${number(shareDone(e))}%`}</> }))}>
              {current ? <One key={current.id} status={current} /> : <Trouble error={new Problem(404, 'not_found', undefined)} />}
            </Queue>
          )}
        </div>
      )}
    </Page>
  );
}

function State({ state }: { state: string }) {
  const { t } = useTranslation('exports');
  return <span className={`chip ${state === 'completed' ? 'good' : state === 'failed' ? 'bad' : state === 'running' || state === 'requested' ? 'busy' : ''}`}>{t(`state.${state}` as never, { defaultValue: state })}</span>;
}

function One({ status }: { status: ExportStatus }) {
  const { t } = useTranslation('exports');
  const queries = useQueryClient();
  const changed = () => queries.invalidateQueries({ queryKey: ['exports'] });
  const path = { path: { id: status.id } };
  const cancel = useMutation({ mutationFn: () => ask(api.DELETE('/api/v1/exports/{id}', { params: path })), onSettled: changed });
  const retry = useMutation({ mutationFn: () => ask(api.POST('/api/v1/exports/{id}/retry', { params: path })), onSettled: changed });
  const done = shareDone(status);
  return (
    <section className="card stack" aria-label={status.query}>
      <div className="row-gap"><h2 className="mono" style={{ fontSize: 15 }}>{status.query === '' ? '*' : status.query}</h2><State state={status.state} /></div>
      <dl className="fields">
        <div><dt>{t('release')}</dt><dd>{status.release}</dd></div>
        <div><dt>{t('project')}</dt><dd>{status.project}</dd></div>
        <div><dt>{t('profile')}</dt><dd>{t(`profiles.${status.profile}` as never, { defaultValue: status.profile })}</dd></div>
        <div><dt>{t('requested')}</dt><dd>{instant(status.requested)}</dd></div>
        <div><dt>{t('cases')}</dt><dd>{status.cases === null || status.cases === undefined ? '–' : number(status.cases)}</dd></div>
        {status.expires && <div><dt>{t('expires')}</dt><dd>{instant(status.expires)}</dd></div>}
      </dl>
      {isActive(status) && (
        <>
          <div className="progress" role="progressbar" aria-valuenow={done} aria-valuemin={0} aria-valuemax={100} aria-label={t('progress')}><i style={{ width: `${done}%` }} /></div>
          <div className="row-gap">
            <span className="mute">{status.cases ? t('written', { done: number(status.casesDone), n: number(status.cases) }) : t('waiting')}</span>
            <button type="button" className="btn danger" disabled={cancel.isPending} onClick={() => cancel.mutate()}>{t('cancel')}</button>
          </div>
        </>
      )}
      {cancel.error && <Trouble error={cancel.error} />}
      {status.failure && (
        <div className="state failed" role="alert">
          <h2>{t('failed')}</h2>
          <p>{status.failure.message}</p>
          <p className="mute small">{t('failedNext')}</p>
          <div><button type="button" className="btn primary" disabled={retry.isPending} onClick={() => retry.mutate()}>{t('resume')}</button></div>
        </div>
      )}
      {retry.error && <Trouble error={retry.error} />}
      {status.state === 'completed' && <Files id={status.id} />}
      {status.state === 'expired' && <p className="mute">{t('expiredNext')} <Link to={`/exports?new=1&q=${encodeURIComponent(status.query)}&release=${status.release}`}>{t('again')}</Link></p>}
      {status.state === 'cancelled' && <p className="mute"><Link to={`/exports?new=1&q=${encodeURIComponent(status.query)}&release=${status.release}`}>{t('again')}</Link></p>}
    </section>
  );
}

/** The manifest of a finished export: every file with its sum. */
function Files({ id }: { id: string }) {
  const { t } = useTranslation('exports');
  const { data, error, refetch } = useQuery({
    queryKey: ['manifest', id],
    queryFn: async ({ signal }) => {
      const response = await fetch(`/api/v1/exports/${id}`, { signal, credentials: 'same-origin' });
      if (!response.ok) throw problemOf(response, await response.json().catch(() => null));
      return (await response.json()) as ExportManifest;
    },
    staleTime: Infinity,
  });
  if (error) return <Trouble error={error} retry={() => void refetch()} />;
  if (!data) return <Loading lines={5} />;
  const address = (file: string) => `/api/v1/exports/${id}/files/${file.split('/').map(encodeURIComponent).join('/')}`;
  return (
    <>
      <p>{t('manifest', { n: number(data.cases), patients: number(data.patients), date: instant(data.created) })} {data.consentSnapshot.withdrawn > 0 && t('withdrawn', { n: number(data.consentSnapshot.withdrawn) })}</p>
      <table className="plain">
        <thead><tr><th scope="col">{t('file')}</th><th scope="col" className="num">{t('rows')}</th><th scope="col" className="num">{t('size')}</th><th scope="col">SHA-256</th><th scope="col"><span className="sr">{t('download')}</span></th></tr></thead>
        <tbody>
          {data.files.map((f) => (
            <tr key={f.path}>
              <td className="mono">{f.path}</td>
              <td className="num">{f.rows === null || f.rows === undefined ? '' : number(f.rows)}</td>
              <td className="num">{bytes(f.bytes)}</td>
              <td className="mono" title={f.sha256}>{f.sha256.slice(0, 12)}…</td>
              <td><a href={address(f.path)} download={f.path} aria-label={t('downloadFile', { file: f.path })}>{t('download')}</a></td>
            </tr>
          ))}
        </tbody>
      </table>
      <div className="row-gap"><a className="btn" href={address('manifest.json')} download="manifest.json">{t('downloadManifest')}</a></div>
      <p className="mute small">{t('audited')}</p>
    </>
  );
}
