(function () {
  'use strict';
  var root = document.body.dataset.root;

  // Light and dark.
  var toggle = document.getElementById('theme');
  var system = matchMedia('(prefers-color-scheme: dark)');
  function isDark() {
    var chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === 'dark' : system.matches;
  }
  function label() { toggle.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours'); }
  toggle.addEventListener('click', function () {
    var theme = isDark() ? 'light' : 'dark';
    document.documentElement.dataset.theme = theme;
    try { localStorage.setItem('agentlint-theme', theme); } catch { /* it holds for this page */ }
    label();
  });
  system.addEventListener('change', label);
  label();

  // On narrow screens the contents are folded.
  var side = document.querySelector('.side details');
  if (matchMedia('(max-width: 860px)').matches) side.open = false;
  var current = document.querySelector('.side [aria-current]');
  if (current && side.open) {
    var box = document.querySelector('.side');
    box.scrollTop = Math.max(0, current.offsetTop - box.clientHeight / 2);
  }

  // Search: every word must be found; where it is found decides the order.
  var input = document.getElementById('search');
  var results = document.getElementById('results');
  var pages = (window.agentLintIndex || []).map(function (page) {
    return {
      page: page,
      id: page.id.toLowerCase(),
      title: page.title.toLowerCase(),
      about: page.about.toLowerCase(),
      category: page.category.toLowerCase(),
      text: page.text.toLowerCase()
    };
  });

  function score(entry, words) {
    var sum = 0;
    for (var word of words) {
      var points = entry.id === word ? 100 : entry.id && entry.id.includes(word) ? 60 : 0;
      if (entry.title.includes(word)) points += 30;
      if (entry.about.includes(word)) points += 20;
      if (entry.category.includes(word)) points += 8;
      if (entry.text.includes(word)) points += 2 + Math.min(6, entry.text.split(word).length - 1);
      if (points === 0) return 0;
      sum += points;
    }
    return sum;
  }

  function excerpt(entry, words) {
    if (entry.page.about) return entry.page.about;
    var at = entry.text.indexOf(words[0]);
    var from = Math.max(0, at - 30);
    return (from > 0 ? '… ' : '') + entry.page.text.slice(from, from + 110).trim() + ' …';
  }

  var active = -1;
  function choose(next) {
    var items = results.querySelectorAll('[role=option]');
    if (!items.length) return;
    active = (next + items.length) % items.length;
    items.forEach(function (item, i) { item.setAttribute('aria-selected', String(i === active)); });
    input.setAttribute('aria-activedescendant', items[active].id);
    items[active].scrollIntoView({ block: 'nearest' });
  }

  function close() {
    results.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    input.removeAttribute('aria-activedescendant');
    active = -1;
  }

  function search() {
    var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) { close(); return; }
    var found = pages.map(function (entry) { return { entry: entry, points: score(entry, words) }; })
      .filter(function (hit) { return hit.points > 0; })
      .sort(function (a, b) { return b.points - a.points; })
      .slice(0, 12);
    results.replaceChildren();
    found.forEach(function (hit, i) {
      var link = document.createElement('a');
      link.href = root + hit.entry.page.url;
      link.id = 'result-' + i;
      link.setAttribute('role', 'option');
      link.setAttribute('aria-selected', 'false');
      link.tabIndex = -1;
      var title = document.createElement('strong');
      title.textContent = (hit.entry.page.id ? hit.entry.page.id + ' ' : '') + hit.entry.page.title;
      var about = document.createElement('span');
      about.textContent = excerpt(hit.entry, words);
      link.append(title, about);
      results.append(link);
    });
    if (!found.length) {
      var nothing = document.createElement('p');
      nothing.textContent = 'Nothing found';
      results.append(nothing);
    }
    results.hidden = false;
    input.setAttribute('aria-expanded', 'true');
    active = -1;
  }

  input.addEventListener('input', search);
  input.addEventListener('focus', search);
  input.addEventListener('keydown', function (event) {
    if (event.key === 'ArrowDown') { choose(active + 1); event.preventDefault(); }
    else if (event.key === 'ArrowUp') { choose(active - 1); event.preventDefault(); }
    else if (event.key === 'Escape') { input.value = ''; close(); }
    else if (event.key === 'Enter') {
      var target = results.querySelectorAll('[role=option]')[Math.max(0, active)];
      if (target && !results.hidden) location.href = target.href;
    }
  });
  document.addEventListener('click', function (event) {
    if (!event.target.closest('.search')) close();
  });
  document.addEventListener('keydown', function (event) {
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      input.focus();
      event.preventDefault();
    }
  });

  // The list of rules: by category and by severity.
  var list = document.querySelector('.rules');
  if (!list) return;
  var chosen = { category: '', severity: '' };
  var count = document.querySelector('.count');
  function filter() {
    var shown = 0;
    for (var item of list.children) {
      var fits = (!chosen.category || item.dataset.category === chosen.category) && (!chosen.severity || item.dataset.severity === chosen.severity);
      item.hidden = !fits;
      if (fits) shown++;
    }
    count.textContent = shown + (shown === 1 ? ' rule' : ' rules');
    document.querySelectorAll('.filters button').forEach(function (button) {
      var kind = 'category' in button.dataset ? 'category' : 'severity';
      button.setAttribute('aria-pressed', String(button.dataset[kind] === chosen[kind]));
    });
  }
  document.querySelector('.filters').addEventListener('click', function (event) {
    var button = event.target.closest('button');
    if (!button) return;
    if ('category' in button.dataset) chosen.category = button.dataset.category;
    else chosen.severity = button.dataset.severity;
    filter();
  });
  var asked = new URLSearchParams(location.search).get('category');
  if (asked && list.querySelector('[data-category="' + CSS.escape(asked) + '"]')) {
    chosen.category = asked;
    document.getElementById('rules').scrollIntoView();
  }
  filter();
})();
