"use strict";
(function () {
  document.querySelectorAll("figure.pair").forEach(function (figure) {
    var box = figure.querySelector("[data-swipe]"), control = figure.querySelector(".control");
    if (!box || !control) { return; }
    var range = control.querySelector("input"), before = box.querySelector(".before");
    function cut(value) {
      range.value = String(value);
      before.style.clipPath = "inset(0 " + (100 - Number(value)) + "% 0 0)";
      range.setAttribute("aria-valuetext", value + " % earlier picture");
    }
    function swipe(on) {
      box.classList.toggle("on", on);
      control.querySelector("[data-side]").textContent = on ? "Side by side" : "Swipe";
      if (on) { cut(range.value); } else { before.style.clipPath = "none"; }
    }
    control.hidden = false;
    range.addEventListener("input", function () { swipe(true); cut(range.value); });
    control.querySelectorAll("[data-cut]").forEach(function (button) {
      button.addEventListener("click", function () { swipe(true); cut(button.dataset.cut); });
    });
    control.querySelector("[data-side]").addEventListener("click", function () {
      swipe(!box.classList.contains("on"));
    });
    swipe(true);
  });
  document.querySelectorAll("figure.chart .scroll").forEach(function (box) {
    box.scrollLeft = box.scrollWidth;
  });
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not(.twin)").forEach(function (d) {
      if (!d.open) { d.open = true; d.dataset.opened = "print"; }
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-opened]").forEach(function (d) { d.open = false; delete d.dataset.opened; });
  });
}());
