// Selected rows: the bar says how many, and an action that does not fit the
// selection says why.
for (const bar of document.querySelectorAll('[data-bulk-bar]')) {
  const form = bar.closest('form');
  const rows = [...form.querySelectorAll('[data-select-row]')];
  const all = form.querySelector('[data-select-all]');
  const count = bar.querySelector('[data-bulk-count]');
  const idle = count.textContent;
  form.closest('.card')?.classList.add('has-bulk');

  const reasonFor = (item, chosen) => {
    const { min, max, reason, sameGroup } = item.dataset;
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
  let order = rows.filter((row) => row.checked);
  form.addEventListener('formdata', (event) => {
    const name = order[0]?.name;
    if (!name) return;
    event.formData.delete(name);
    for (const row of order) event.formData.append(name, row.value);
  });

  const update = () => {
    const chosen = rows.filter((row) => row.checked);
    order = [...order.filter((row) => row.checked), ...chosen.filter((row) => !order.includes(row))];
    bar.classList.toggle('is-active', chosen.length > 0);
    count.textContent = chosen.length > 0 ? `${chosen.length} selected` : idle;
    if (all) {
      all.checked = chosen.length > 0 && chosen.length === rows.filter((row) => !row.disabled).length;
      all.indeterminate = chosen.length > 0 && !all.checked;
    }
    for (const item of bar.querySelectorAll('button[role=menuitem]')) explain(item, reasonFor(item, chosen));
  };

  if (all) all.hidden = false; // it does nothing without this script
  all?.addEventListener('change', () => {
    for (const row of rows) if (!row.disabled) row.checked = all.checked;
    update();
  });
  form.addEventListener('change', update);
  form.addEventListener('reset', () => setTimeout(update));
  addEventListener('pageshow', update);
  update();
}
