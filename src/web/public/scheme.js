// Before the first paint, so that a dark page does not flash white. The key is Mantine's own.
(function () {
  var wanted = 'auto';
  try { wanted = localStorage.getItem('mantine-color-scheme-value') || 'auto'; } catch (e) { /* storage may be closed */ }
  var dark = wanted === 'dark' || (wanted === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.setAttribute('data-mantine-color-scheme', dark ? 'dark' : 'light');
})();
