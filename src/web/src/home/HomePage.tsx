import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'react-router';
import { useCharacteristics, useReleases } from '../api/questions';
import { PanelCard, YearsCard } from '../cohort/Cards';
import { panelsOf } from '../cohort/panels';
import { Loading } from '../grammar/States';
import { Page } from '../grammar/Page';
import { day, number } from '../i18n';
import { signInAddress, useSession, useStanding } from '../session/session';

const steps = ['organisation', 'application', 'review', 'agreement', 'fee', 'access'] as const;
const fees = ['academic', 'company', 'explorer'] as const;

/** For everybody: what the data is and how to come by it. Numbers are for those who are signed in; the portal gives none to others. */
export default function HomePage() {
  const { t } = useTranslation('home');
  const { hash } = useLocation();
  const session = useSession();
  const { standing } = useStanding(!!session.data);
  const releases = useReleases(!!session.data);
  const release = releases.data?.items.find((r) => r.isDefault);
  const open = !!standing && !!release && (standing.isExplorer || standing.project?.state === 'active');
  const everybody = useCharacteristics({ release: release?.name ?? '', project: standing?.name, query: '*' }, open);
  const given = { panels: panelsOf(everybody.data, { oncogenic: true, publication: false }), about: [release?.name ?? ''] };
  useEffect(() => {
    if (hash) document.getElementById(hash.slice(1))?.scrollIntoView();
  }, [hash]);
  return (
    <Page title={t('title')} bare>
      <div className="hero">
        <div>
          <p className="small">{t('kicker')}</p>
          <h2 style={{ fontSize: 30, lineHeight: 1.3, color: '#fff' }}>{t('hero')}</h2>
          <p>{t('heroText')}</p>
          <div className="row-gap">
            {session.data ? <Link className="btn primary" to="/search">{t('toSearch')}</Link> : <a className="btn primary" href={signInAddress('/search')}>{t('signIn')}</a>}
            <Link className="btn" to="/#apply">{t('howToApply')}</Link>
            <Link className="btn" to="/patients">{t('forPatients')}</Link>
          </div>
        </div>
      </div>
      <div className="page narrow stack" style={{ gap: 18 }}>
        {session.data && (
          <section className="stack" aria-label={t('releases')}>
            {release && (
              <div className="row-gap" style={{ gap: 28 }}>
                <div><b style={{ fontSize: 24 }}>{number(release.cases)}</b> {t('cases')}</div>
                <div><b style={{ fontSize: 24 }}>{number(release.patients)}</b> {t('patients')}</div>
                {release.dataCutoff && <div className="mute">{t('cutoff')} {day(release.dataCutoff)}</div>}
              </div>
            )}
            {open && everybody.isPending ? <Loading /> : everybody.data && (
              <div className="grid">
                <YearsCard given={given} span={6} />
                <PanelCard name="cancer-tissue" given={given} span={6} most={9} />
              </div>
            )}
            <div className="card">
              <h2>{t('releases')}</h2>
              {!releases.data ? <Loading lines={2} /> : (
                <table className="plain">
                  <thead><tr><th scope="col">{t('name')}</th><th scope="col" className="num">{t('cases')}</th><th scope="col" className="num">{t('patients')}</th><th scope="col">{t('cutoff')}</th><th scope="col">{t('published')}</th></tr></thead>
                  <tbody>
                    {releases.data.items.map((r) => (
                      <tr key={r.name}><td><b>{r.name}</b> {r.isDefault && <span className="chip">{t('current')}</span>}</td><td className="num">{number(r.cases)}</td><td className="num">{number(r.patients)}</td><td>{r.dataCutoff && day(r.dataCutoff)}</td><td>{r.publishedAt && day(r.publishedAt)}</td></tr>
                    ))}
                  </tbody>
                </table>
              )}
            </div>
          </section>
        )}
        <section className="grid" aria-label={t('what.title')}>
          {(['registry', 'genes', 'course'] as const).map((k) => <div className="card span-4" key={k}><h2>{t(`what.${k}.title`)}</h2><p>{t(`what.${k}.text`)}</p></div>)}
        </section>
        <section id="apply" className="card stack">
          <h2>{t('apply.title')}</h2>
          <p>{t('apply.text')}</p>
          <ol style={{ margin: 0, paddingLeft: '1.4em', display: 'grid', gap: 5 }}>{steps.map((s) => <li key={s}><b>{t(`apply.${s}.title`)}</b> — {t(`apply.${s}.text`)}</li>)}</ol>
        </section>
        <section id="fees" className="card stack">
          <h2>{t('fees.title')}</h2>
          <p>{t('fees.text')}</p>
          <table className="plain">
            <thead><tr><th scope="col">{t('fees.who')}</th><th scope="col">{t('fees.pays')}</th></tr></thead>
            <tbody>{fees.map((f) => <tr key={f}><td>{t(`fees.${f}.who`)}</td><td>{t(`fees.${f}.pays`)}</td></tr>)}</tbody>
          </table>
        </section>
      </div>
    </Page>
  );
}
