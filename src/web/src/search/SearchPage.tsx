import { useDebouncedValue } from '@mantine/hooks';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useNavigate, useSearchParams } from 'react-router';
import { Problem } from '../api/client';
import { suggestionsFor, useCharacteristics, useCount, useReleases, type Question } from '../api/questions';
import { CaseTable } from '../cases/CaseTable';
import { NoRecords } from '../cases/CasesPage';
import { panelsOf } from '../cohort/panels';
import { contents, tabs, type Tab } from '../cohort/Tabs';
import { Page } from '../grammar/Page';
import { QueryBar } from '../grammar/QueryBar';
import { Empty, Loading, SignedOut, Trouble } from '../grammar/States';
import { Switch } from '../grammar/Switch';
import { Tabs } from '../grammar/Tabs';
import { number } from '../i18n';
import { draft, useSession, useStanding } from '../session/session';
import { Facets } from './Facets';
import { keep, load, remember } from './history';
import { HistoryMenu } from './HistoryMenu';
import { chosen, normalise, toggle, without, withTerm } from './queryText';
import { Truth } from './Truth';
import { Zero } from './Zero';

const pause = 250;
const here = '/search';

/** Search and cohort are one page: the question stays on top, what it selects follows as it is written. Everything that is on the screen is in the address. */
export default function SearchPage() {
  const { t, i18n } = useTranslation('search');
  const navigate = useNavigate();
  const [search, setSearch] = useSearchParams();
  const session = useSession();
  const { standing, error: standingError } = useStanding(!!session.data);
  const releases = useReleases(!!session.data);

  const asked = search.get('q') ?? '';
  const [text, setText] = useState(() => (search.has('q') ? asked : (draft.read(here) ?? '')));
  const [settled] = useDebouncedValue(text, pause);
  const written = useRef(asked);
  const release = search.get('release') ?? releases.data?.default ?? '';

  function put(changes: Record<string, string | null>, replace = false) {
    setSearch((old) => {
      for (const [name, value] of Object.entries(changes)) {
        if (value === null) old.delete(name);
        else old.set(name, value);
      }
      return old;
    }, { replace, preventScrollReset: true });
  }

  /** Asks: into the address, and into the history of the browser unless somebody is still writing. */
  function go(q: string, replace = false) {
    written.current = q;
    setText(q);
    put({ q }, replace);
  }

  // Back and forward bring the text with them; what is typed meanwhile is not overwritten by what was typed before.
  useEffect(() => {
    if (asked !== written.current) {
      written.current = asked;
      setText(asked);
    }
  }, [asked]);

  useEffect(() => {
    draft.write(here, settled);
    if (settled !== written.current) {
      written.current = settled;
      put({ q: settled }, true);
    }
  }, [settled]);

  // The session may end between a key and the pause after it: what stands in the field goes into the address at once, from which signing in comes back.
  const isSignedOut = session.data === null;
  useEffect(() => {
    if (isSignedOut && text !== written.current) {
      written.current = text;
      put({ q: text }, true);
    }
    // Once, when it ends: nobody can type afterwards.
  }, [isSignedOut]);

  const ready = !!standing && release !== '' && (standing.project === undefined || standing.project.state === 'active');
  const question: Question = { release, project: standing?.name, query: asked };
  const count = useCount(question, ready);
  const mistake = count.error instanceof Problem && count.error.code === 'query_invalid' ? count.error.mistakes[0] : undefined;
  const answer = mistake ? undefined : count.data;
  const canonical = answer?.query ?? normalise(asked);
  const characteristics = useCharacteristics({ ...question, query: canonical }, ready && !!answer && !count.isPlaceholderData);
  const view = { oncogenic: search.get('alt') !== 'all', publication: search.get('view') === 'publication' };
  const panels = useMemo(() => panelsOf(characteristics.data, view), [characteristics.data, view.oncogenic, view.publication]);
  const tab: Tab = tabs.find((x) => x === search.get('tab')) ?? 'overview';
  const specimen = chosen(canonical, 'specimen');

  // What was asked and answered goes into the history once the writing has stopped.
  const who = session.data?.email ?? session.data?.name ?? '';
  useEffect(() => {
    if (!answer || count.isPlaceholderData || answer.query === '*' || answer.query === '') return;
    const timer = setTimeout(() => keep('history', who, remember(load('history', who), { q: answer.query, cases: answer.cases ?? null, at: Date.now() })), 1500);
    return () => clearTimeout(timer);
  }, [answer, count.isPlaceholderData, who]);

  if (session.isPending) return <Page title={t('title')}><Loading /></Page>;
  if (session.data === null) return <Page title={t('title')}><SignedOut /></Page>;
  if (session.error || standingError) return <Page title={t('title')}><Trouble error={session.error ?? standingError} retry={() => window.location.reload()} /></Page>;

  const about = [canonical, t('aboutRelease', { release }), ...(answer?.cases === null || answer?.cases === undefined ? [] : [t('aboutCases', { count: answer.cases, n: number(answer.cases) })])];
  const narrow = (term: string) => go(withTerm(canonical, term));
  const Content = tab === 'cases' ? null : contents[tab];
  return (
    <Page title={t('title')} bare>
      <div className="query">
        <label className="release">
          {t('release')}{' '}
          <select value={release} onChange={(e) => put({ release: e.target.value })} aria-label={t('release')}>
            {(releases.data?.items ?? []).map((r) => <option key={r.name} value={r.name}>{r.name}</option>)}
          </select>
        </label>
        <QueryBar label={t('query')} placeholder={t('placeholder')} value={text} autoFocus={!search.has('q')} mistake={mistake && asked === text ? mistake : undefined}
          onChange={setText} onCommit={(q) => go(answer && q === asked ? canonical : normalise(q))} suggest={suggestionsFor(i18n.language, release, standing?.name)} />
        <div className="row-gap actions" style={{ flexWrap: 'nowrap' }}>
          <HistoryMenu who={who} query={canonical} cases={answer?.cases ?? null} onChoose={(q) => go(q)} />
          <button type="button" className="btn primary" aria-disabled={!standing?.download || !answer} title={standing?.download ? undefined : t('noDownload')}
            onClick={() => standing?.download && answer && void navigate(`/exports?new=1&q=${encodeURIComponent(canonical)}&release=${encodeURIComponent(release)}${standing.name ? `&project=${standing.name}` : ''}`)}>
            {t('export')}
          </button>
        </div>
      </div>
      {mistake && asked === text && (
        <div className="said" role="status">
          <span className="mistake">{mistake.message} {mistake.suggestions.slice(0, 6).map((s) => (
            <button type="button" key={s} onClick={() => go(asked.slice(0, mistake.position) + s + asked.slice(mistake.position + mistake.length))}>{s}</button>
          ))}</span>
        </div>
      )}
      {(answer?.notices.length ?? 0) > 0 && <div className="said small mute" role="status">{answer?.notices.map((n) => <span key={n.message}>{n.message}</span>)}</div>}
      {standing?.isExplorer && <div className="notice">{t('explorer.text')} <Link to="/#apply">{t('explorer.apply')}</Link></div>}
      {standing && !standing.isExplorer && standing.project?.state === 'active' && !standing.records && <div className="notice">{t('summaryOnly')}</div>}
      {standing?.project && standing.project.state !== 'active' && !standing.isExplorer ? (
        <div className="page"><NoRecords explorer={false} reason={standing.project.reason ?? undefined} state={standing.project.state} /></div>
      ) : count.error && !mistake ? (
        <div className="page"><Trouble error={count.error} retry={() => void count.refetch()} /></div>
      ) : (
        <>
          <Truth answer={count.data} busy={count.isFetching || !!mistake || text !== asked} byPatients={search.get('by') === 'patients'} cutoff={releases.data?.items.find((r) => r.name === release)?.dataCutoff ?? undefined} link={`${here}?${search.toString()}`} release={release} />
          <div className="switches">
            <Switch label={t('switch.by')} value={search.get('by') === 'patients' ? 'patients' : 'cases'} onChange={(v) => put({ by: v === 'cases' ? null : v })} options={[{ value: 'cases', label: t('switch.cases') }, { value: 'patients', label: t('switch.patients') }]} />
            <Switch label={t('switch.alterations')} value={view.oncogenic ? 'oncogenic' : 'all'} onChange={(v) => put({ alt: v === 'all' ? v : null })} options={[{ value: 'oncogenic', label: t('switch.oncogenic') }, { value: 'all', label: t('switch.all') }]} />
            <Switch label={t('switch.specimen')} value={specimen.length === 1 && (specimen[0] === 'tissue' || specimen[0] === 'plasma') ? specimen[0] : 'both'} onChange={(v) => go(v === 'both' ? without(canonical, 'specimen') : toggle(without(canonical, 'specimen'), 'specimen', v))}
              options={[{ value: 'both', label: t('switch.both') }, { value: 'tissue', label: t('switch.tissue') }, { value: 'plasma', label: t('switch.plasma') }]} />
            <Switch label={t('switch.view')} value={view.publication ? 'publication' : 'screen'} onChange={(v) => put({ view: v === 'screen' ? null : v })} options={[{ value: 'screen', label: t('switch.screen') }, { value: 'publication', label: t('switch.publication') }]} />
          </div>
          {mistake && (!characteristics.data || tab === 'cases') ? <div className="page"><Empty title={t('unread.title')}><p>{t('unread.text')}</p></Empty></div> : answer?.cases === 0 ? <div className="page"><Zero answer={answer} canonical={canonical} onAsk={go} /></div> : (
            <div className="split">
              <Facets question={{ ...question, query: canonical }} panels={panels} enabled={!!answer && !count.isPlaceholderData} onAsk={go} />
              <section aria-label={t('cohort')} aria-busy={characteristics.isFetching}>
                <Tabs label={t('cohort')} controls="cohort" value={tab} onChange={(v) => put({ tab: v === 'overview' ? null : v })} options={tabs.map((v) => ({ value: v, label: t(`tab.${v}`) }))} />
                <div role="tabpanel" id="cohort" aria-labelledby={`cohort-${tab}`}>
                  {!Content ? (
                    standing?.records ? <CaseTable question={{ ...question, query: canonical }} columns={undefined} /> : <NoRecords explorer={standing?.isExplorer ?? true} state={standing?.project?.state} />
                  ) : characteristics.error ? <Trouble error={characteristics.error} retry={() => void characteristics.refetch()} />
                    : !characteristics.data ? <Loading lines={14} /> : <Content given={{ panels, about, narrow }} oncogenic={view.oncogenic} asked={canonical} />}
                </div>
              </section>
            </div>
          )}
          <p className="foot-note">{t(view.publication ? 'footPublication' : 'foot')}</p>
        </>
      )}
    </Page>
  );
}
