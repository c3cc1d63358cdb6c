"use strict";
(function () {
  document.querySelectorAll(".tools").forEach(function (tools) { tools.hidden = false; });
  document.querySelectorAll("[data-enlarge]").forEach(function (button) {
    button.addEventListener("click", function () {
      var on = button.closest("figure").classList.toggle("large");
      button.setAttribute("aria-pressed", String(on));
    });
  });
}());
