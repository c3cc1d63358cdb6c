"use strict";
(function () {
  var WORDS = { keep: "kept", reject: "rejected", fixed: "fixed object", unsure: "unsure", "": "no decision" };
  var KEYS = { k: "keep", r: "reject", f: "fixed", u: "unsure" };
  var queue = document.querySelector("[data-queue]"), form = document.querySelector("[data-decisions]");
  var outcome = document.querySelector("[data-outcome]"), session = null;
  if (!queue || !form) { return; }

  function items() { return Array.prototype.slice.call(queue.querySelectorAll(".item")); }
  function report(words) { outcome.textContent = words; }
  function who() { return form.elements.who.value.trim(); }

  function go(item) {
    if (!item) { return; }
    items().forEach(function (each) { each.tabIndex = each === item ? 0 : -1; });
    item.focus();
    item.scrollIntoView({ block: "nearest" });
  }

  function show(item, decision, by) {
    item.dataset.decision = decision;
    item.querySelector("[data-decided]").textContent = WORDS[decision] + (decision ? " by " + by : "");
    item.querySelectorAll("[data-decide]").forEach(function (button) {
      button.setAttribute("aria-pressed", String(button.dataset.decide === decision));
    });
  }

  function send(path, body) {
    return fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Monitor-Token": session.token },
      body: JSON.stringify(body)
    }).then(function (answer) {
      return answer.json().then(function (answered) {
        if (!answer.ok) { throw new Error(answered.error || "refused: " + answer.status); }
        return answered;
      });
    });
  }

  function decide(item, decision) {
    if (!session || !session.mayWrite) { report("Read only: open the address that monitor serve printed."); return; }
    var body = { subject: item.dataset.subject, decision: decision, who: who(), note: form.elements.note.value };
    send("/api/reviews", body).then(function (kept) {
      show(item, kept.now, kept.who);
      form.elements.note.value = "";
      var all = items(), next = all.slice(all.indexOf(item) + 1).find(function (each) { return !each.dataset.decision; });
      report(WORDS[decision] + ": " + item.getAttribute("aria-label"));
      go(next || item);
    }).catch(function (error) { report("Not kept: " + error.message); });
  }

  function undo(subject) {
    if (!session || !session.mayWrite) { report("Read only: open the address that monitor serve printed."); return; }
    send("/api/reviews/undo", { who: who(), subject: subject || "" }).then(function (kept) {
      var item = items().find(function (each) { return each.dataset.subject === kept.subject; });
      report("Taken back: " + kept.subject);
      if (item) { show(item, kept.now, kept.who); go(item); }
    }).catch(function (error) { report("Not taken back: " + error.message); });
  }

  queue.addEventListener("click", function (event) {
    var button = event.target.closest("button");
    if (!button) { return; }
    if (button.dataset.decide) { decide(button.closest(".item"), button.dataset.decide); }
    if (button.hasAttribute("data-undo")) { undo(button.closest(".item").dataset.subject); }
  });

  queue.addEventListener("keydown", function (event) {
    var item = event.target.closest(".item");
    if (!item || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var all = items(), at = all.indexOf(item), key = event.key;
    if (key === "ArrowDown" || key === "ArrowRight") { go(all[at + 1]); }
    else if (key === "ArrowUp" || key === "ArrowLeft") { go(all[at - 1]); }
    else if (key === "Home") { go(all[0]); }
    else if (key === "End") { go(all[all.length - 1]); }
    else if (KEYS[key]) { decide(item, KEYS[key]); }
    else if (key === "z") { undo(""); }
    else if (key === "Enter" && event.target === item && item.dataset.evidence) { location.href = item.dataset.evidence; }
    else { return; }
    event.preventDefault();
  });

  form.addEventListener("submit", function (event) { event.preventDefault(); });
  form.elements.who.addEventListener("change", function () { localStorage.setItem("monitor-who", who()); });

  window.monitorSession.then(function (answered) {
    session = answered;
    form.elements.who.value = localStorage.getItem("monitor-who") || answered.who;
    queue.querySelectorAll("button").forEach(function (button) { button.disabled = !answered.mayWrite; });
    if (document.activeElement === document.body && items().length) { items()[0].focus({ preventScroll: true }); }
  });
}());
