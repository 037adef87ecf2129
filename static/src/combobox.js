// Makes an ARIA combobox that filters as one types from a select (data-combobox)
// or from a text field with a source (data-lookup). The value stays in the
// element that the form sends anyway.
let made = 0;

class Combobox {
  constructor(field, find) {
    this.field = field; // what the form sends
    this.find = find; // text -> [{value, label, note, disabled}], maybe later
    this.options = [];
    this.at = -1;
    this.build();
  }

  build() {
    const id = this.field.id;
    this.list = Object.assign(document.createElement('ul'), { id: `combo-${++made}`, className: 'combo-list', hidden: true });
    this.list.setAttribute('role', 'listbox');
    this.input = Object.assign(document.createElement('input'), { type: 'text', className: 'form-select', autocomplete: 'off', required: this.field.required, disabled: this.field.disabled });
    const copied = { 'aria-describedby': null, 'aria-invalid': null, placeholder: null };
    for (const name of Object.keys(copied)) {
      if (this.field.hasAttribute(name)) this.input.setAttribute(name, this.field.getAttribute(name));
    }
    if (this.field.classList.contains('is-invalid')) this.input.classList.add('is-invalid');
    for (const [name, value] of Object.entries({ role: 'combobox', 'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': this.list.id })) {
      this.input.setAttribute(name, value);
    }
    // The label and the links of the error summary lead to the visible field.
    this.list.setAttribute('aria-label', 'Choices');
    this.field.removeAttribute('id');
    this.field.hidden = true;
    this.field.required = false;
    this.input.id = id;
    const box = Object.assign(document.createElement('div'), { className: 'combo' });
    this.field.before(box);
    box.append(this.field, this.input, this.list);
    this.listen();
  }

  listen() {
    this.input.addEventListener('input', () => this.search(this.input.value));
    this.input.addEventListener('click', () => this.list.hidden && this.search(''));
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('blur', () => this.leave());
    this.list.addEventListener('mousedown', (event) => event.preventDefault()); // keeps the focus
    this.list.addEventListener('click', (event) => {
      const line = event.target.closest('[role=option]');
      if (line) this.choose(this.options[Number(line.dataset.index)]);
    });
  }

  async search(text) {
    this.asked = text;
    const options = await this.find(text.trim());
    if (this.asked !== text) return; // a later key was faster
    this.options = options;
    this.at = text.trim() === '' ? -1 : options.findIndex((o) => !o.disabled);
    this.draw();
  }

  draw() {
    this.list.replaceChildren(...this.options.map((option, index) => this.line(option, index)));
    if (this.options.length === 0) {
      this.list.append(Object.assign(document.createElement('li'), { className: 'combo-none', textContent: 'Nothing matches' }));
      this.list.lastChild.setAttribute('role', 'option');
      this.list.lastChild.setAttribute('aria-disabled', 'true');
    }
    this.open(true);
    this.mark();
  }

  line(option, index) {
    const line = Object.assign(document.createElement('li'), { id: `${this.list.id}-${index}`, className: 'combo-option', textContent: option.label });
    line.setAttribute('role', 'option');
    line.dataset.index = index;
    if (option.disabled) line.setAttribute('aria-disabled', 'true');
    if (option.note) line.append(Object.assign(document.createElement('span'), { className: 'combo-note', textContent: option.note }));
    return line;
  }

  mark() {
    for (const [index, line] of [...this.list.querySelectorAll('[data-index]')].entries()) {
      line.setAttribute('aria-selected', String(index === this.at));
      if (index === this.at) line.scrollIntoView({ block: 'nearest' });
    }
    if (this.at < 0 || this.list.hidden) this.input.removeAttribute('aria-activedescendant');
    else this.input.setAttribute('aria-activedescendant', `${this.list.id}-${this.at}`);
  }

  open(yes) {
    this.list.hidden = !yes;
    this.input.setAttribute('aria-expanded', String(yes));
    if (!yes) this.input.removeAttribute('aria-activedescendant');
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (this.list.hidden) this.search('');
      else this.move(step);
    } else if (event.key === 'Enter' && !this.list.hidden) {
      event.preventDefault();
      if (this.options[this.at]) this.choose(this.options[this.at]);
    } else if (event.key === 'Escape' && !this.list.hidden) {
      event.stopPropagation();
      this.reset();
    }
  }

  move(step) {
    const n = this.options.length;
    for (let tried = 0; tried < n; tried++) {
      this.at = (this.at + step + n) % n;
      if (!this.options[this.at].disabled) break;
    }
    this.mark();
  }

  choose(option) {
    if (!option || option.disabled) return;
    this.set(option);
    this.open(false);
    this.field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  // Leaving takes what was typed if it names exactly one option.
  async leave() {
    if (this.list.hidden && this.input.value === this.shown) return;
    const typed = this.input.value.trim();
    if (typed === '' || typed === this.shown) return this.settle(typed);
    const exact = (await this.find(typed)).filter((o) => !o.disabled && [o.label, o.value].some((s) => s.toLowerCase() === typed.toLowerCase()));
    if (exact.length === 1) this.choose(exact[0]);
    else this.settle(typed);
  }
}

class SelectCombobox extends Combobox {
  constructor(select) {
    super(select, (text) => this.matches(text));
    const chosen = select.selectedOptions[0];
    if (select.options[0]?.value === '') this.input.placeholder = select.options[0].label;
    this.show(chosen && chosen.value !== '' ? chosen.label : '');
    select.addEventListener('change', () => this.show(select.value === '' ? '' : select.selectedOptions[0].label));
  }

  matches(text) {
    const words = text.toLowerCase().split(/\s+/);
    return [...this.field.options]
      .filter((o) => o.value !== '' && words.every((w) => `${o.label} ${o.value}`.toLowerCase().includes(w)))
      .map((o) => ({ value: o.value, label: o.label, disabled: o.disabled }));
  }

  set(option) {
    this.field.value = option.value;
    this.show(option.label);
  }

  show(label) {
    this.shown = label;
    this.input.value = label;
  }

  settle(typed) {
    this.open(false);
    if (typed !== '') return this.show(this.shown);
    this.field.value = '';
    this.show('');
    this.field.dispatchEvent(new Event('change', { bubbles: true }));
  }

  reset() {
    this.open(false);
    this.show(this.shown);
  }
}

class LookupCombobox extends Combobox {
  constructor(field) {
    super(field, (text) => this.fetch(text));
    const first = [...(field.list?.options ?? [])];
    this.first = first.map((o) => ({ value: o.value, label: o.label }));
    field.removeAttribute('list');
    this.shown = field.dataset.text || field.value;
    this.chosen = field.value;
    this.input.value = this.shown;
    // What is typed is what is sent, also when the form goes before a search has answered.
    this.input.addEventListener('input', () => { field.value = this.input.value; });
  }

  async fetch(text) {
    if (text === '') return this.first;
    const address = new URL(this.field.dataset.lookup, location.href);
    address.searchParams.set('q', text);
    const answer = await fetch(address, { headers: { Accept: 'application/json' } });
    return answer.ok ? answer.json() : [];
  }

  set(option) {
    this.field.value = option.value;
    this.chosen = option.value;
    this.shown = option.label;
    this.input.value = option.label;
  }

  // What is no option is sent as typed: the server looks it up and says so.
  settle(typed) {
    this.open(false);
    if (typed !== this.shown) this.chosen = typed;
    this.shown = typed;
    this.field.value = this.chosen;
  }

  reset() {
    this.open(false);
    this.input.value = this.shown;
    this.field.value = this.chosen;
  }
}

const enhance = (root) => {
  for (const select of root.querySelectorAll('select[data-combobox]')) new SelectCombobox(select);
  for (const field of root.querySelectorAll('input[data-lookup]:not([hidden])')) new LookupCombobox(field);
};

enhance(document);
document.addEventListener('htmx:after:swap', (event) => enhance(event.target instanceof Element ? event.target : document));
