// Before anything is drawn: the colours that the reader chose the last time. Storage may be forbidden, as in files that are opened from a disk.
(function () {
  'use strict';
  var theme = null;
  try { theme = localStorage.getItem('agentlint-theme'); } catch { /* then the system's choice holds */ }
  var asked = /[?&]theme=(light|dark)/.exec(location.search);
  if (asked) theme = asked[1];
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
})();
