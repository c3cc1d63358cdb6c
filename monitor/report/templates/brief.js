"use strict";
(function () {
  document.querySelectorAll("figure.chart .scroll").forEach(function (box) {
    box.scrollLeft = box.scrollWidth;
  });
  function unfold() {
    var place = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!place) { return; }
    for (var fold = place.closest("details"); fold; fold = fold.parentElement.closest("details")) { fold.open = true; }
    place.scrollIntoView();
  }
  window.addEventListener("hashchange", unfold);
  unfold();
  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details:not(.twin)").forEach(function (d) {
      if (!d.open) { d.open = true; d.dataset.opened = "print"; }
    });
  });
  window.addEventListener("afterprint", function () {
    document.querySelectorAll("details[data-opened]").forEach(function (d) { d.open = false; delete d.dataset.opened; });
  });
}());
