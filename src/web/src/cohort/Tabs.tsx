import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { number } from '../i18n';
import { quoted } from '../search/queryText';
import { AgeSexCard, ChangesCard, GenesCard, PanelCard, ReachCard, ResponseCard, YearsCard, type Given } from './Cards';

export const tabs = ['overview', 'alterations', 'treatment', 'tests', 'completeness', 'cases'] as const;
export type Tab = (typeof tabs)[number];

interface Shown {
  given: Given;
  oncogenic: boolean;
  asked: string;
}

export function Overview({ given, oncogenic, asked }: Shown) {
  const { t } = useTranslation('cohort');
  return (
    <div className="grid">
      <GenesCard given={given} oncogenic={oncogenic} asked={asked} span={5} most={7} />
      <ResponseCard given={given} span={7} most={6} />
      <ReachCard given={given} span={5} />
      <PanelCard name="drug" given={given} span={4} most={8} term={(r) => `drug:${quoted(r.value)}`} />
      <AgeSexCard given={given} span={3} />
      <PanelCard name="adverse-event" given={given} span={4} most={7} sub={t('events.sub', { count: given.panels.get('adverse-event')?.denominator ?? 0, n: number(given.panels.get('adverse-event')?.denominator ?? 0) })} term={(r) => `event:${quoted(r.value)}`} />
      <YearsCard given={given} span={4} />
      <PanelCard name="cancer-tissue" given={given} span={4} most={8} term={(r) => (r.value === 'missing' ? 'cancer:missing' : `cancer:${r.value}`)} />
      {['stage', 'specimen', 'outcome', 'ps', 'smoking', 'prior-therapy', 'metastasis', 'metastasis-at-registration', 'test-kind', 'hospital', 'fiscal-year', 'panel'].map((name) => (
        <PanelCard key={name} name={name} given={given} span={4} most={7} />
      ))}
    </div>
  );
}

export function Alterations({ given, oncogenic, asked }: Shown) {
  return (
    <div className="grid">
      <ChangesCard given={given} span={12} />
      <GenesCard given={given} oncogenic={oncogenic} asked={asked} span={6} most={20} />
      <PanelCard name="changes" given={given} span={6} most={20} term={(r) => (/\|[A-Z*]\d+/.test(r.value) ? r.value.replace('|', ' ') : null)} />
      {['alteration-kind', 'alteration-consequence', 'evidence-level'].map((name) => <PanelCard key={name} name={name} given={given} span={4} />)}
    </div>
  );
}

export function Treatment({ given }: Shown) {
  return (
    <div className="grid">
      <ResponseCard given={given} span={7} most={15} />
      <ReachCard given={given} span={5} />
      <PanelCard name="response-rate-without-ne" given={given} span={4} most={12} />
      <PanelCard name="drug" given={given} span={4} most={12} term={(r) => `drug:${quoted(r.value)}`} />
      <PanelCard name="drug-class" given={given} span={4} most={12} term={(r) => `class:${quoted(r.value)}`} />
      <PanelCard name="drug-line" given={given} span={6} most={14} />
      <PanelCard name="regimen-line" given={given} span={6} most={14} />
      <PanelCard name="line" given={given} span={4} />
      <PanelCard name="severe-event" given={given} span={4} />
      <PanelCard name="adverse-event" given={given} span={4} most={12} term={(r) => `event:${quoted(r.value)}`} />
      {['ep-result', 'ep-reason', 'ep-route'].map((name) => <PanelCard key={name} name={name} given={given} span={4} />)}
    </div>
  );
}

/** Tests of the clinic and of the panel; those that nobody of the cohort had are named, not drawn. */
export function Tests({ given }: Shown) {
  const { t } = useTranslation('cohort');
  const names = [...given.panels.keys()].filter((n) => n === 'tmb' || n === 'btmb' || n.startsWith('biomarker.'));
  const recorded = (name: string) => (given.panels.get(name)?.rows ?? []).some((r) => r.cases !== 0 && r.value !== 'missing' && r.value !== 'not-measured');
  const none = names.filter((n) => !recorded(n)).length;
  return (
    <>
      <div className="grid">{names.filter(recorded).map((name) => <PanelCard key={name} name={name} given={given} span={3} />)}</div>
      {none > 0 && <p className="foot-note" style={{ padding: '12px 0' }}>{t('tests.none', { count: none })}</p>}
    </>
  );
}

export function Completeness({ given }: Shown) {
  return (
    <div className="grid">
      <PanelCard name="completeness" given={given} span={12} most={40} />
      <PanelCard name="completeness-year" given={given} span={6} most={42} />
      <PanelCard name="completeness-hospital" given={given} span={6} most={42} />
    </div>
  );
}

export const contents: Record<Exclude<Tab, 'cases'>, (shown: Shown) => ReactNode> = { overview: Overview, alterations: Alterations, treatment: Treatment, tests: Tests, completeness: Completeness };
