export type Fields = Record<string, unknown>;

export const groups = ['patient', 'disease', 'test', 'markers', 'panel', 'course'] as const;
export type Group = (typeof groups)[number];

export const isList = (value: unknown): boolean => Array.isArray(value);

const rules: [RegExp, Group][] = [
  [/^(ep_|hereditary)/, 'panel'],
  [/^(outcome|last_|death|prior_therapy|cause)/, 'course'],
  [/^(lung|breast|gi|liver|biliary|skin|ovary|thyroid|salivary|msi|mmr|tmb|btmb|loh|ntrk|gbrca)/, 'markers'],
  [/^(panel|specimen|normal_specimen|test|tumour|analysis|failure|registered|year|fiscal|hospital)/, 'test'],
  [/^(cancer|diagnosis|pathological|clinical|stage|metastas|double|multiple)/, 'disease'],
];

/** Under which heading a field of the case stands; what no rule names is about the patient. */
export function groupOf(name: string): Group {
  return rules.find(([pattern]) => pattern.test(name))?.[1] ?? 'patient';
}
