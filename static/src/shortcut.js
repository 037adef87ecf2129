// "/" leads to the global search, unless one is typing.
document.addEventListener('keydown', (event) => {
  if (document.documentElement.dataset.keys === 'off' || event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
  const search = document.getElementById('global-search');
  if (!search || (typing && !typing.matches('[type=checkbox], [type=radio]'))) return;
  event.preventDefault();
  search.focus();
  search.select();
});
