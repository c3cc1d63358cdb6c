"use strict";
(function () {
  var bar = document.querySelector("[data-observations]"), place = document.querySelector("[data-place]");
  if (!bar || !place || typeof L === "undefined") { return; }
  var select = bar.querySelector("select"), outcome = bar.querySelector("[data-outcome]"), asked = 0;

  function draw(text) {
    var data = document.createElement("script"), code = document.createElement("script"), fresh = place.cloneNode(false);
    document.querySelectorAll("[data-drawn]").forEach(function (old) { old.remove(); });
    data.type = "application/json";
    data.id = "observation-data";
    data.textContent = text;
    data.setAttribute("data-drawn", "");
    document.body.appendChild(data);
    fresh.className = "map";
    fresh.removeAttribute("style");
    fresh.setAttribute("data-map", "observation-data");
    place.replaceWith(fresh);
    place = fresh;
    code.src = "/static/map.js";
    code.setAttribute("data-drawn", "");
    document.body.appendChild(code);
  }

  function show(push) {
    var observation = select.value, mine = ++asked;
    outcome.textContent = "Drawing …";
    if (push) { history.replaceState(null, "", "?observation=" + encodeURIComponent(observation) + location.hash); }
    fetch(bar.dataset.observations + "?observation=" + encodeURIComponent(observation)).then(function (answer) {
      if (!answer.ok) { throw new Error("no picture of this observation"); }
      return answer.text();
    }).then(function (text) {
      if (mine === asked) { draw(text); outcome.textContent = ""; }
    }).catch(function (error) { if (mine === asked) { outcome.textContent = error.message; } });
  }

  select.addEventListener("change", function () { show(true); });
  bar.querySelectorAll("[data-step]").forEach(function (button) {
    button.addEventListener("click", function () {
      var to = select.selectedIndex + Number(button.dataset.step);
      if (to >= 0 && to < select.options.length) { select.selectedIndex = to; show(true); }
    });
  });
  show(false);
}());
