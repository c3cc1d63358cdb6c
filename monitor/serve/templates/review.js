"use strict";
(function () {
  var WORDS = { keep: "kept", reject: "rejected", fixed: "fixed object", unsure: "unsure", "": "no decision" };
  var KEYS = { k: "keep", r: "reject", f: "fixed", u: "unsure" };
  var queue = document.querySelector("[data-queue]"), desk = document.querySelector("[data-desk]");
  var said = document.querySelector("[data-said]"), session = null;
  if (!queue || !desk) { return; }

  function items() { return Array.prototype.slice.call(queue.querySelectorAll(".item")); }
  function tell(words) { said.textContent = words; }
  function who() { return desk.elements.who.value.trim(); }

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
      return answer.json().then(function (told) {
        if (!answer.ok) { throw new Error(told.error || "refused: " + answer.status); }
        return told;
      });
    });
  }

  function decide(item, decision) {
    if (!session || !session.mayWrite) { tell("Read only: open the address that monitor serve printed."); return; }
    var body = { subject: item.dataset.subject, decision: decision, who: who(), note: desk.elements.note.value };
    send("/api/reviews", body).then(function (kept) {
      show(item, kept.now, kept.who);
      desk.elements.note.value = "";
      var all = items(), next = all.slice(all.indexOf(item) + 1).find(function (each) { return !each.dataset.decision; });
      tell(WORDS[decision] + ": " + item.getAttribute("aria-label"));
      go(next || item);
    }).catch(function (error) { tell("Not kept: " + error.message); });
  }

  function undo(subject) {
    if (!session || !session.mayWrite) { tell("Read only: open the address that monitor serve printed."); return; }
    send("/api/reviews/undo", { who: who(), subject: subject || "" }).then(function (kept) {
      var item = items().find(function (each) { return each.dataset.subject === kept.subject; });
      tell("Taken back: " + kept.subject);
      if (item) { show(item, kept.now, kept.who); go(item); }
    }).catch(function (error) { tell("Not taken back: " + error.message); });
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

  desk.addEventListener("submit", function (event) { event.preventDefault(); });
  desk.elements.who.addEventListener("change", function () { localStorage.setItem("monitor-who", who()); });

  window.monitorSession.then(function (told) {
    session = told;
    desk.elements.who.value = localStorage.getItem("monitor-who") || told.who;
    queue.querySelectorAll("button").forEach(function (button) { button.disabled = !told.mayWrite; });
  });
}());
