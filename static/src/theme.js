// The theme and the folded navigation change at once; without script the same
// buttons send a form. Cookies and values are those of web/page/theme.go.
const keep = (name, value) => {
  document.cookie = `handover_${name}=${value}; Path=/; SameSite=Lax; Max-Age=31536000${location.protocol === 'https:' ? '; Secure' : ''}`;
};

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-set-theme]');
  if (!button) return;
  event.preventDefault();
  document.documentElement.dataset.bsTheme = button.value;
  for (const other of document.querySelectorAll('[data-set-theme]')) other.setAttribute('aria-pressed', String(other === button));
  keep('theme', button.value);
});

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-fold]');
  if (!button) return;
  event.preventDefault();
  const folded = document.querySelector('.frame').classList.toggle('is-folded');
  keep('nav', folded ? 'folded' : 'open');
  button.value = folded ? 'open' : 'folded';
  button.setAttribute('aria-label', folded ? 'Expand navigation' : 'Collapse navigation');
  button.querySelector('.nav-text').textContent = folded ? 'Expand' : 'Collapse';
});
