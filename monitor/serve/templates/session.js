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
    .then(function (answered) {
      document.querySelectorAll("[data-session],[data-readonly]").forEach(function (e) { e.hidden = answered.may_write; });
      return { token: token, mayWrite: answered.may_write, who: answered.who };
    });
}());
