import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'react-router';
import { suggestionsFor, useCharacteristics, useReleases } from '../api/questions';
import { Page } from '../grammar/Page';
import { QueryBar } from '../grammar/QueryBar';
import { Loading, SignedOut, Trouble, useReason } from '../grammar/States';
import { panelsOf } from '../cohort/panels';
import { draft, useSession, useStanding } from '../session/session';
import { CaseTable } from './CaseTable';
import { ColumnChooser, usual } from './ColumnChooser';

export default function CasesPage() {
  const { t, i18n } = useTranslation('cases');
  const [search, setSearch] = useSearchParams();
  const session = useSession();
  const { standing, error } = useStanding(!!session.data);
  const releases = useReleases(!!session.data);
  const asked = search.get('q') ?? '';
  const [text, setText] = useState(() => draft.read('/cases') ?? asked);
  const release = search.get('release') ?? releases.data?.default ?? 'default';
  const question = { release, project: standing?.name, query: asked };
  const may = standing?.records === true;
  const characteristics = useCharacteristics(question, may && releases.isSuccess);
  const columns = search.get('cols')?.split(',').filter(Boolean);
  const set = (name: string, value: string) => setSearch((old) => (old.set(name, value), old));
  function ask(q: string) {
    draft.clear('/cases');
    set('q', q);
  }
  return (
    <Page title={t('title')} lead={t('lead')} actions={may && (
      <>
        <ColumnChooser panels={panelsOf(characteristics.data, { oncogenic: true, publication: false })} chosen={columns ?? usual} onChange={(c) => set('cols', c.join(','))} />
        <Link className="btn" to={`/search?${search.toString()}`}>{t('toCohort')}</Link>
      </>
    )}>
      {session.data === null ? <SignedOut /> : error || session.error ? <Trouble error={error ?? session.error} /> : !standing || releases.isPending ? <Loading lines={10} /> : !may ? (
        <NoRecords explorer={standing.isExplorer} reason={standing.project?.reason ?? undefined} state={standing.project?.state} />
      ) : (
        <div className="stack">
          <QueryBar label={t('query')} placeholder={t('placeholder')} value={text} onChange={(v) => (setText(v), draft.write('/cases', v))} onCommit={ask} suggest={suggestionsFor(i18n.language, release, standing.name)} />
          <CaseTable question={question} columns={columns} />
        </div>
      )}
    </Page>
  );
}

/** Single cases need a permission of their own: how to come by it, or why the door is shut. */
export function NoRecords({ explorer, reason, state }: { explorer: boolean; reason?: string; state?: string }) {
  const { t } = useTranslation('cases');
  const { t: common } = useTranslation();
  return (
    <div className="state refused">
      <h2>{t(explorer ? 'explorer.title' : state === 'active' ? 'summary.title' : 'shut.title')}</h2>
      <p>{t(explorer ? 'explorer.text' : state === 'active' ? 'summary.text' : 'shut.text')}</p>
      {reason && state !== 'active' && <p><b>{common('because')}</b> <Reason text={reason} /></p>}
      <div className="row-gap"><Link className="btn" to={state === 'active' || explorer ? '/#apply' : '/#fees'}>{common(state === 'active' || explorer ? 'howToApply' : 'aboutFees')}</Link></div>
    </div>
  );
}

function Reason({ text }: { text: string }) {
  return <>{useReason()(text)}</>;
}
