// The palette: "/" and Ctrl+K open it, as does a click on the field at the top. The suggestions are
// the server's (web/home/search_suggestions.go); the field is a combobox, the focus stays in it. "?"
// lists the keys. Keys without Ctrl work unless data-keys="off" on the root element: the one place
// to turn them off.
const palette = document.getElementById('palette');
const keyList = document.getElementById('keys');
const plainKeys = () => document.documentElement.dataset.keys !== 'off';

const typing = (event) => {
  const field = event.target instanceof Element && event.target.closest('input, textarea, select, [contenteditable]');
  return field && !field.matches('[type=checkbox], [type=radio]');
};

if (palette) {
  const input = palette.querySelector('[role=combobox]');
  const list = palette.querySelector('[role=listbox]');
  const count = palette.querySelector('[data-palette-count]');
  const field = document.getElementById('global-search');
  const options = () => [...list.querySelectorAll('[role=option]')];
  let asked, waiting;

  const mark = (option) => {
    for (const other of options()) other.setAttribute('aria-selected', String(other === option));
    if (!option) return input.removeAttribute('aria-activedescendant');
    input.setAttribute('aria-activedescendant', option.id);
    option.scrollIntoView({ block: 'nearest' });
  };

  const fill = (html) => {
    list.innerHTML = html;
    const all = options();
    input.setAttribute('aria-expanded', String(all.length > 0));
    list.hidden = all.length === 0;
    mark(input.value.trim() === '' ? null : all[0]);
    count.textContent = all.length === 1 ? '1 suggestion' : `${all.length > 0 ? all.length : 'No'} suggestions`;
  };

  const suggest = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = new URL(palette.dataset.suggest, location.href);
    address.searchParams.set('q', input.value);
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { 'HX-Request': 'true' } });
      if (answer.headers.get('HX-Redirect')) location.assign(answer.headers.get('HX-Redirect'));
      else if (answer.ok) fill(await answer.text());
      else count.textContent = 'The server could not search. Try again.';
    } catch (error) {
      if (error.name !== 'AbortError') count.textContent = 'The server does not answer. Try again.';
    }
  };

  const open = (text = '') => {
    if (palette.open || document.querySelector('dialog:modal')) return;
    palette.showModal();
    input.value = text;
    input.focus();
    input.select();
    suggest();
  };

  input.addEventListener('input', () => {
    clearTimeout(waiting);
    waiting = setTimeout(suggest, 100);
  });
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const all = options();
    const at = all.findIndex((o) => o.getAttribute('aria-selected') === 'true');
    if (step && all.length > 0) {
      event.preventDefault();
      mark(all[at < 0 ? (step > 0 ? 0 : all.length - 1) : (at + step + all.length) % all.length]);
    } else if (event.key === 'Enter' && all[at]) {
      event.preventDefault();
      all[at].click();
    }
  });
  palette.addEventListener('click', (event) => {
    if (event.target === palette || event.target.closest('[data-close]')) palette.close();
  });
  palette.addEventListener('close', () => {
    asked?.abort();
    clearTimeout(waiting);
  });
  field?.addEventListener('click', () => open(field.value));
  document.addEventListener('keydown', (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const byControl = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === 'k';
    if (!byControl && !(event.key === '/' && plain && plainKeys() && !typing(event))) return;
    event.preventDefault();
    if (palette.open) palette.close();
    else open();
  });
}

if (keyList) {
  keyList.addEventListener('click', (event) => {
    if (event.target === keyList) keyList.close();
  });
  document.addEventListener('keydown', (event) => {
    if (event.key !== '?' || event.ctrlKey || event.metaKey || event.altKey || !plainKeys() || typing(event)) return;
    if (document.querySelector('dialog:modal')) return;
    event.preventDefault();
    keyList.showModal();
  });
}
