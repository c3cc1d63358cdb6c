"use strict";
(function () {
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
