"use strict";
(function () {
  var match = /(?:^#|&)token=([\w-]+)/.exec(location.hash);
  if (match) {
    sessionStorage.setItem("monitor-token", match[1]);
    history.replaceState(null, "", location.pathname + location.search);
  }
  var token = sessionStorage.getItem("monitor-token") || "";
  window.monitorSession = fetch("/api/session", { headers: { "X-Monitor-Token": token } })
    .then(function (answer) { return answer.json(); })
    .then(function (told) {
      document.querySelectorAll("[data-session],[data-readonly]").forEach(function (e) { e.hidden = told.may_write; });
      return { token: token, mayWrite: told.may_write, who: told.who };
    });
}());
