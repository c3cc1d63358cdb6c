"use strict";
(function () {
  var simulated = document.documentElement.classList.contains("simulated");

  function save(name, href) {
    var link = document.createElement("a");
    link.download = simulated ? name.replace(/(\.\w+)$/, "-SIMULATED$1") : name;
    link.href = href;
    document.body.appendChild(link);
    link.click();
    link.remove();
  }

  function behind(figure) {
    var next = figure.nextElementSibling;
    while (next && next.tagName === "DETAILS") {
      if (next.querySelector("table")) { return next.querySelector("table"); }
      next = next.nextElementSibling;
    }
    return null;
  }

  function csv(table) {
    return Array.prototype.map.call(table.rows, function (row) {
      return Array.prototype.map.call(row.cells, function (cell) {
        var words = cell.textContent.trim();
        if (/^[=+\-@\t]/.test(words)) { words = "'" + words; }
        return '"' + words.replace(/"/g, '""') + '"';
      }).join(",");
    }).join("\r\n");
  }

  function svg(figure) {
    var made = figure.querySelector("svg").cloneNode(true), mark;
    if (simulated) {
      mark = document.createElementNS("http://www.w3.org/2000/svg", "text");
      mark.setAttribute("x", made.viewBox.baseVal.width - 8);
      mark.setAttribute("y", made.viewBox.baseVal.height - 4);
      mark.setAttribute("text-anchor", "end");
      mark.setAttribute("font-size", "13");
      mark.setAttribute("font-weight", "700");
      mark.setAttribute("fill", "#a11d00");
      mark.textContent = "SIMULATED";
      made.appendChild(mark);
    }
    return "data:image/svg+xml;charset=utf-8," + encodeURIComponent(new XMLSerializer().serializeToString(made));
  }

  function png(figure) {
    var drawing = figure.querySelector("svg"), image = new Image(), scale = drawing ? 2 : 1;
    image.onload = function () {
      var sheet = document.createElement("canvas"), pen = sheet.getContext("2d");
      sheet.width = image.naturalWidth * scale;
      sheet.height = image.naturalHeight * scale;
      pen.fillStyle = "#fff";
      pen.fillRect(0, 0, sheet.width, sheet.height);
      pen.drawImage(image, 0, 0, sheet.width, sheet.height);
      save(figure.id + ".png", sheet.toDataURL("image/png"));
    };
    image.src = drawing ? svg(figure) : figure.querySelector("img").src;
  }

  document.querySelectorAll("figure .tools").forEach(function (tools) {
    var figure = tools.closest("figure"), table = behind(figure), data = tools.querySelector('[data-get="csv"]');
    tools.hidden = false;
    if (data && !table) { data.hidden = true; }
    tools.addEventListener("click", function (event) {
      var button = event.target.closest("button"), kind = button && button.dataset.get;
      if (kind === "csv") { save(figure.id + ".csv", "data:text/csv;charset=utf-8," + encodeURIComponent("\ufeff" + csv(table))); }
      else if (kind === "svg") { save(figure.id + ".svg", svg(figure)); }
      else if (kind === "png") { png(figure); }
      else if (button) { button.setAttribute("aria-pressed", String(figure.classList.toggle("large"))); }
    });
  });
}());
