"use strict";
(function () {
  document.querySelectorAll("figure.pair").forEach(function (figure) {
    var box = figure.querySelector("[data-swipe]"), control = figure.querySelector(".control");
    if (!box || !control) { return; }
    var range = box.querySelector("input"), side = control.querySelector("[data-side]");
    function cut(value) {
      range.value = String(value);
      box.style.setProperty("--cut", range.value + "%");
      range.setAttribute("aria-valuetext", range.value + " % earlier picture");
    }
    function swipe(on) {
      box.classList.toggle("on", on);
      range.hidden = !on;
      side.setAttribute("aria-pressed", String(!on));
    }
    control.hidden = false;
    range.addEventListener("input", function () { cut(range.value); });
    control.querySelectorAll("[data-cut]").forEach(function (button) {
      button.addEventListener("click", function () { swipe(true); cut(button.dataset.cut); });
    });
    side.addEventListener("click", function () { swipe(!box.classList.contains("on")); });
    swipe(true);
    cut(range.value);
  });
}());
