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

  function rowsOf(table) {
    return Array.prototype.map.call(table.rows, function (row) {
      return Array.prototype.map.call(row.cells, function (cell) { return cell.textContent.trim(); });
    });
  }

  function csv(rows) {
    return rows.map(function (row) {
      return row.map(function (words) {
        if (/^[=+\-@\t]/.test(words)) { words = "'" + words; }
        return '"' + words.replace(/"/g, '""') + '"';
      }).join(",");
    }).join("\r\n");
  }

  function shown(figure) {
    return Array.prototype.map.call(figure.querySelectorAll(".frame, .strip > li"), function (one) {
      var label = one.querySelector(".stamp, span:not(.blank)"), state = one.querySelector("em");
      return { image: one.querySelector("img"), label: label.textContent, state: state ? state.textContent : "" };
    });
  }

  function rows(figure) {
    return [["Picture", "State", "Shows"]].concat(shown(figure).map(function (one) {
      return [one.label, one.state, one.image ? one.image.alt : "no pixels"];
    }));
  }

  function sheet(figure) {
    var space = "http://www.w3.org/2000/svg", made = document.createElementNS(space, "svg"), pictures = shown(figure),
      first = figure.querySelector("img"), scale = Math.max(1, Math.round(400 / first.naturalWidth)),
      width = first.naturalWidth * scale, height = first.naturalHeight * scale, gap = 8, line = 26,
      across = figure.classList.contains("pair") ? 2 : Math.min(4, pictures.length), down = Math.ceil(pictures.length / across);
    function add(name, attributes) {
      var child = document.createElementNS(space, name);
      Object.keys(attributes).forEach(function (key) { child.setAttribute(key, attributes[key]); });
      made.appendChild(child);
      return child;
    }
    made.setAttribute("xmlns", space);
    made.setAttribute("viewBox", [0, 0, across * (width + gap) + gap, down * (height + line + gap) + line].join(" "));
    made.setAttribute("width", across * (width + gap) + gap);
    made.setAttribute("height", down * (height + line + gap) + line);
    add("rect", { width: "100%", height: "100%", fill: "#fff" });
    pictures.forEach(function (one, number) {
      var x = gap + (number % across) * (width + gap), y = gap + Math.floor(number / across) * (height + line + gap);
      if (one.image) {
        add("image", { href: one.image.src, x: x, y: y, width: width, height: height, style: "image-rendering:" + getComputedStyle(one.image).imageRendering });
      }
      add("text", { x: x, y: y + height + 18, "font-family": "sans-serif", "font-size": 14, fill: "#15202b" })
        .textContent = one.label + (one.state ? ", " + one.state : "");
    });
    return made;
  }

  function svg(figure) {
    var drawing = figure.querySelector("svg"), made = drawing ? drawing.cloneNode(true) : sheet(figure), mark;
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
    var drawing = figure.querySelector("svg, .frame, .strip"), image = new Image(), scale = figure.querySelector("svg") ? 2 : 1;
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

  document.querySelectorAll("figure.pair, figure.film").forEach(function (figure) {
    if (!figure.querySelector("img")) { return; }
    var tools = document.createElement("p");
    tools.className = "tools";
    [["csv", "Data (CSV)"], ["svg", "SVG"], ["png", "PNG"]].forEach(function (kind) {
      var button = document.createElement("button");
      button.type = "button";
      button.dataset.get = kind[0];
      button.textContent = kind[1];
      tools.appendChild(button);
    });
    figure.appendChild(tools);
  });

  document.querySelectorAll("figure .tools").forEach(function (tools) {
    var figure = tools.closest("figure"), table = behind(figure), data = tools.querySelector('[data-get="csv"]'),
      isRow = figure.matches(".pair, .film");
    tools.hidden = false;
    if (data && !table && !isRow) { data.hidden = true; }
    tools.addEventListener("click", function (event) {
      var button = event.target.closest("button"), kind = button && button.dataset.get;
      if (kind === "csv") { save(figure.id + ".csv", "data:text/csv;charset=utf-8," + encodeURIComponent("\ufeff" + csv(isRow ? rows(figure) : rowsOf(table)))); }
      else if (kind === "svg") { save(figure.id + ".svg", svg(figure)); }
      else if (kind === "png") { png(figure); }
      else if (button) { button.setAttribute("aria-pressed", String(figure.classList.toggle("large"))); }
    });
  });
}());
