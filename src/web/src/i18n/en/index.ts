import cases from './cases.json';
import cohort from './cohort.json';
import common from './common.json';
import exports from './exports.json';
import grammar from './grammar.json';
import home from './home.json';
import search from './search.json';

export default { common, search, cohort, cases, exports, home, grammar };
