/** Natural logarithm of the gamma function (Lanczos). */
function logGamma(x: number): number {
  const c = [76.18009172947146, -86.50532032941678, 24.01409824083091, -1.231739572450155, 0.001208650973866179, -0.000005395239384953];
  let sum = 1.000000000190015;
  c.forEach((v, i) => (sum += v / (x + 1 + i)));
  const t = x + 5.5;
  return (x + 0.5) * Math.log(t) - t + Math.log((2.5066282746310007 * sum) / x);
}

/** Regularised incomplete beta function, by its continued fraction (modified Lentz). */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log(1 - x)) / a;
  const tiny = 1e-300;
  let f = 1;
  let c = 1;
  let d = 0;
  for (let i = 0; i <= 500; i++) {
    const m = Math.floor(i / 2);
    const n = i === 0 ? 1 : i % 2 === 0 ? (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)) : (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 + n * d;
    d = 1 / (Math.abs(d) < tiny ? tiny : d);
    c = 1 + n / c;
    if (Math.abs(c) < tiny) c = tiny;
    f *= c * d;
    if (Math.abs(1 - c * d) < 1e-12) break;
  }
  return front * (f - 1);
}

function quantile(p: number, a: number, b: number): number {
  let [low, high] = [0, 1];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Exact (Clopper–Pearson) interval of a share, in percent; null when there is nothing to divide by. */
export function clopperPearson(cases: number, of: number, level = 0.95): { lower: number; upper: number } | null {
  if (of <= 0 || cases < 0 || cases > of) return null;
  const tail = (1 - level) / 2;
  return {
    lower: cases === 0 ? 0 : 100 * quantile(tail, cases, of - cases + 1),
    upper: cases === of ? 100 : 100 * quantile(1 - tail, cases + 1, of - cases),
  };
}
