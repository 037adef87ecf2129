// Selected rows: the bar says how many, and an action that does not fit the
// selection says why.
const reasonFor = (item, chosen, whole) => {
  const { min, max, reason, sameGroup, page } = item.dataset;
  if (whole) return page ?? '';
  if (chosen.length < Number(min ?? 1)) return chosen.length === 0 ? 'Select rows first' : reason;
  if (max && chosen.length > Number(max)) return reason;
  if (sameGroup && new Set(chosen.map((row) => row.dataset.group)).size > 1) return sameGroup;
  return '';
};

const explain = (item, reason) => {
  item.querySelector('.menu-reason')?.remove();
  item.toggleAttribute('aria-disabled', false);
  if (!reason) return;
  item.setAttribute('aria-disabled', 'true');
  const line = document.createElement('span');
  line.className = 'menu-reason';
  line.textContent = reason;
  item.append(line);
};

// The rows are sent in the order in which they were selected: the second of two is
// the proposed target.
const orders = new WeakMap();

const barOf = (form) => form.querySelector('[data-bulk-bar]');
const rowsOf = (form) => [...form.querySelectorAll('[data-select-row]')];

const update = (form) => {
  const bar = barOf(form);
  const rows = rowsOf(form);
  const all = form.querySelector('[data-select-all]');
  const count = bar.querySelector('[data-bulk-count]');
  const whole = bar.querySelector('[data-select-whole]');
  const chosen = rows.filter((row) => row.checked);
  const free = rows.filter((row) => !row.disabled);
  const everything = Boolean(whole?.checked);
  const before = orders.get(form) ?? [];
  orders.set(form, [...before.filter((row) => chosen.includes(row)), ...chosen.filter((row) => !before.includes(row))]);
  bar.dataset.idle ??= count.textContent;
  bar.classList.toggle('is-active', chosen.length > 0);
  const except = everything && chosen.length < free.length ? `, ${free.length - chosen.length} of them left out` : '';
  if (everything) count.textContent = `All ${whole.dataset.total} selected${except}`;
  else count.textContent = chosen.length > 0 ? `${chosen.length} selected` : bar.dataset.idle;
  if (whole) {
    const offered = everything || (chosen.length > 0 && chosen.length === free.length);
    whole.closest('label').hidden = !offered;
  }
  if (all) {
    all.hidden = false; // it does nothing without this script
    all.checked = chosen.length > 0 && chosen.length === free.length;
    all.indeterminate = chosen.length > 0 && !all.checked;
  }
  for (const item of bar.querySelectorAll('button[role=menuitem]')) explain(item, reasonFor(item, chosen, everything));
};

const updateAll = () => {
  for (const bar of document.querySelectorAll('[data-bulk-bar]')) {
    const form = bar.closest('form');
    form.closest('.card')?.classList.add('has-bulk');
    update(form);
  }
};

const formOf = (target) => {
  const form = target instanceof Element && target.closest('form');
  return form && barOf(form) ? form : null;
};

document.addEventListener('change', (event) => {
  const form = formOf(event.target);
  if (!form) return;
  if (event.target.matches('[data-select-all]')) {
    for (const row of rowsOf(form)) if (!row.disabled) row.checked = event.target.checked;
  }
  update(form);
});

document.addEventListener('reset', (event) => {
  const form = formOf(event.target);
  if (form) setTimeout(() => update(form));
});

document.addEventListener('formdata', (event) => {
  const form = formOf(event.target);
  const order = form && orders.get(form);
  const first = form && rowsOf(form)[0];
  if (!first) return;
  event.formData.delete(first.name);
  if (form.querySelector('[data-select-whole]')?.checked) { // the filter, without what was left out
    for (const row of rowsOf(form)) if (!row.checked && !row.disabled) event.formData.append('except', row.value);
    return;
  }
  for (const row of order ?? []) event.formData.append(first.name, row.value);
}, true);

addEventListener('pageshow', updateAll);
document.addEventListener('htmx:after:swap', updateAll);
updateAll();
