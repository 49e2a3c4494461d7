(function () {
  'use strict';
  // All text of the program reaches the page through textContent: it is never read as HTML.
  var data = JSON.parse(document.getElementById('data').textContent);
  var page = 100;

  function element(name, className, text) {
    var made = document.createElement(name);
    if (className) made.className = className;
    if (text !== undefined) made.textContent = text;
    return made;
  }

  // Light and dark: the system's choice until the reader makes one.
  var toggle = document.getElementById('theme');
  var system = matchMedia('(prefers-color-scheme: dark)');
  function isDark() {
    var chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === 'dark' : system.matches;
  }
  function label() { toggle.setAttribute('aria-label', isDark() ? 'Use light colours' : 'Use dark colours'); }
  toggle.addEventListener('click', function () {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    label();
  });
  system.addEventListener('change', label);
  label();

  var lines = data.files.map(function (file) { return new Map(file.lines); });
  var names = { error: 'Error', warning: 'Warning', note: 'Suggestion' };

  // What a search looks through, made when it is first asked for.
  function textOf(finding) {
    if (!finding.text) {
      var rule = data.rules[finding.rule];
      var parts = [rule.id, rule.title, rule.family, finding.message];
      [finding.at].concat(finding.path).forEach(function (at) {
        parts.push(data.files[at[0]].name + '(' + at[1] + ',' + at[2] + ')', lines[at[0]].get(at[1]) || '');
      });
      finding.projects.forEach(function (project) { parts.push(data.projects[project]); });
      finding.text = parts.join('\n').toLowerCase();
    }
    return finding.text;
  }

  var chosen = { level: '', family: '', rule: '', project: '' };
  var input = document.getElementById('search');
  var list = document.getElementById('list');
  var more = document.getElementById('more');
  var count = document.querySelector('.count');
  var found = [];
  var shown = 0;

  function fits(finding, words) {
    return (!chosen.level || finding.level === chosen.level)
      && (!chosen.family || data.rules[finding.rule].family === chosen.family)
      && (!chosen.rule || data.rules[finding.rule].id === chosen.rule)
      && (!chosen.project || finding.projects.some(function (project) { return data.projects[project] === chosen.project; }))
      && words.every(function (word) { return textOf(finding).includes(word); });
  }

  function place(at) { return data.files[at[0]].name + '(' + at[1] + ',' + at[2] + ')'; }

  function marked(line, text, at) {
    var start = Math.min(Math.max(at[2] - 1, 0), text.length);
    var end = at[3] > at[1] ? text.length : Math.min(Math.max(at[4] - 1, start), text.length);
    if (end > start) line.append(text.slice(0, start), element('mark', '', text.slice(start, end)), text.slice(end));
    else line.append(text);
  }

  function excerpt(at) {
    var block = element('pre');
    for (var number = at[1] - 3; number <= at[1] + 3; number++) {
      var text = lines[at[0]].get(number);
      if (text === undefined) continue;
      var line = element('span', number === at[1] ? 'line reported' : 'line');
      line.append(element('span', 'no', String(number)));
      if (number === at[1]) marked(line, text, at);
      else line.append(text);
      block.append(line);
    }
    return block.childElementCount ? block : null;
  }

  function card(finding) {
    var rule = data.rules[finding.rule];
    var item = element('li', 'finding');
    var bar = element('p', 'bar');
    bar.append(element('span', 'level ' + finding.level, names[finding.level]));
    var name = element(rule.help && rule.help.startsWith('https://') ? 'a' : 'span', 'rule', rule.id);
    if (name.tagName === 'A') { name.href = rule.help; name.rel = 'noreferrer'; }
    bar.append(name, element('span', '', rule.title || ''), element('span', 'where', place(finding.at)));
    item.append(bar, element('p', 'message', finding.message));
    var code = excerpt(finding.at);
    if (code) item.append(code);
    if (finding.path.length) {
      item.append(element('p', 'path-title', 'Path of calls'));
      var path = element('ol', 'path');
      finding.path.forEach(function (at) {
        var step = element('li');
        step.append(element('span', 'where', place(at)));
        var text = lines[at[0]].get(at[1]);
        if (text !== undefined) step.append(element('code', '', text.trim()));
        path.append(step);
      });
      item.append(path);
    }
    return item;
  }

  function show() {
    var part = document.createDocumentFragment();
    found.slice(shown, shown + page).forEach(function (finding) { part.append(card(finding)); });
    shown = Math.min(shown + page, found.length);
    list.append(part);
    more.hidden = shown >= found.length;
    count.textContent = found.length === data.findings.length
      ? found.length + (found.length === 1 ? ' finding' : ' findings')
      : found.length + ' of ' + data.findings.length + ' findings';
    if (shown < found.length) count.textContent += ', the first ' + shown + ' are shown';
  }

  function filter() {
    var words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    found = data.findings.filter(function (finding) { return fits(finding, words); });
    list.replaceChildren();
    shown = 0;
    show();
  }

  more.addEventListener('click', function () {
    var next = shown;
    show();
    // The reader goes on where the list went on.
    var first = list.children[next];
    if (first) { first.tabIndex = -1; first.focus(); }
  });

  var filters = document.querySelector('.filters');
  function values(of) { return Array.from(new Set(data.findings.flatMap(of))).sort(); }

  function buttons(key, title, all, nameOf) {
    if (all.length < 2) return;
    var group = element('fieldset');
    group.append(element('legend', '', title));
    [''].concat(all).forEach(function (value) {
      var button = element('button', '', value ? nameOf(value) : 'All');
      button.type = 'button';
      button.dataset[key] = value;
      button.setAttribute('aria-pressed', String(value === chosen[key]));
      button.addEventListener('click', function () {
        chosen[key] = value;
        group.querySelectorAll('button').forEach(function (other) { other.setAttribute('aria-pressed', String(other === button)); });
        filter();
      });
      group.append(button);
    });
    filters.append(group);
  }

  function select(key, title, all, nameOf) {
    if (all.length < 2) return;
    var named = element('label', '', title);
    var choice = element('select');
    choice.id = 'by-' + key;
    [''].concat(all).forEach(function (value) {
      var option = element('option', '', value ? nameOf(value) : 'All');
      option.value = value;
      choice.append(option);
    });
    choice.addEventListener('change', function () { chosen[key] = choice.value; filter(); });
    named.append(choice);
    filters.append(named);
  }

  function same(value) { return value; }
  var levels = ['error', 'warning', 'note'].filter(function (level) { return data.findings.some(function (finding) { return finding.level === level; }); });
  buttons('level', 'Severity', levels, function (level) { return names[level]; });
  buttons('family', 'Family', values(function (finding) { return data.rules[finding.rule].family; }), same);
  select('rule', 'Rule', values(function (finding) { return data.rules[finding.rule].id; }), function (id) {
    return id + ' ' + (data.rules.find(function (rule) { return rule.id === id; }).title || '');
  });
  select('project', 'Project', values(function (finding) { return finding.projects.map(function (project) { return data.projects[project]; }); }), same);

  document.getElementById('controls').hidden = false;
  input.addEventListener('input', filter);
  document.addEventListener('keydown', function (event) {
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && !event.altKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement.tagName)) {
      input.focus();
      event.preventDefault();
    }
  });
  filter();
})();
