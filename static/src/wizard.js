// The wizard. The rules stay on the server: the page carries what follows from each
// distributor, and the server converts the balance while a rate is typed.
const distributor = document.querySelector('select[data-new-distributor]');

if (distributor) {
  const sentence = document.querySelector('[data-legal-relation]');
  let chosen = false; // the mode, by hand
  document.addEventListener('change', (event) => {
    if (event.target.name === 'mode') chosen = true;
  });
  distributor.addEventListener('change', () => {
    const relation = document.querySelector(`[data-legal-for="${CSS.escape(distributor.value)}"]`);
    sentence.textContent = relation?.textContent ?? '';
    sentence.classList.toggle('is-empty', !relation);
    const mode = relation && document.querySelector(`input[name=mode][value="${relation.dataset.mode}"]`);
    if (mode && !chosen) mode.checked = true;
  });
}

const rate = document.querySelector('input[data-rate]');

if (rate) {
  const panel = document.getElementById('conversion');
  let asked, waiting;

  const convert = async () => {
    asked?.abort();
    asked = new AbortController();
    const address = new URL(rate.dataset.rate, location.href);
    address.searchParams.set('rate', rate.value);
    try {
      const answer = await fetch(address, { signal: asked.signal });
      if (answer.ok && !answer.redirected) panel.innerHTML = await answer.text();
    } catch (error) {
      if (error.name !== 'AbortError') panel.textContent = 'The balance cannot be converted now: the server does not answer.';
    }
  };

  const forgive = () => {
    rate.classList.remove('is-invalid');
    rate.removeAttribute('aria-invalid');
    document.getElementById('rate-error')?.remove();
  };

  rate.addEventListener('input', () => {
    forgive();
    clearTimeout(waiting);
    waiting = setTimeout(convert, 150);
  });
  document.querySelector('[data-use-rate]')?.addEventListener('click', (event) => {
    event.preventDefault();
    rate.value = event.currentTarget.dataset.useRate;
    rate.focus();
    forgive();
    convert();
  });
}
