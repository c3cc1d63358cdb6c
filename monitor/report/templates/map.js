(function () {
  if (typeof L === "undefined") { return; }

  function swatch(feature) {
    var p = feature.properties, ring = feature.geometry.type === "Point" || feature.ring;
    var line = feature.geometry.type.indexOf("Line") >= 0;
    var look = ' stroke="' + (p.colour === "#ffffff" ? "#7b8794" : p.colour) + '" stroke-width="2.2" stroke-dasharray="' + (p.dash || "") + '" fill="' + p.colour +
      '" fill-opacity="' + (ring ? 0 : p.fill || 0) + '"/>';
    return '<svg class="swatch" width="22" height="14" aria-hidden="true">' +
      (ring ? '<circle cx="11" cy="7" r="5.5"' : line ? '<path d="M2 11L9 4L13 9L20 3"' : '<rect x="2" y="2" width="18" height="10"') +
      (line ? look.replace(/fill="[^"]*"/, 'fill="none"') : look) + "</svg>";
  }

  function named(words, sign) {
    var made = document.createElement("span");
    made.textContent = words;
    return sign + made.outerHTML;
  }

  function popup(p, evidence) {
    var box = document.createElement("div"), link = null;
    [p.time, p.text].forEach(function (words) {
      if (!words) { return; }
      var line = document.createElement("p");
      line.textContent = words;
      box.appendChild(line);
    });
    if (p.subject) {
      var anchor = p.anchor && document.getElementById(p.anchor);
      link = document.createElement(anchor || (evidence && p.anchor) ? "a" : "code");
      link.textContent = link.tagName === "A" ? "Evidence" : p.subject;
      if (anchor) { link.href = "#" + p.anchor; }
      else if (link.tagName === "A") { link.href = evidence + encodeURIComponent(p.subject); }
      box.appendChild(link);
    }
    return box;
  }

  function reachable(drawn, words) {
    drawn.on("add", function () {
      var shape = drawn.getElement && drawn.getElement();
      if (!shape || shape.getAttribute("tabindex") !== null) { return; }
      shape.setAttribute("tabindex", "0");
      shape.setAttribute("role", "button");
      shape.setAttribute("aria-label", words);
      shape.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); drawn.openPopup(); }
      });
    });
  }

  function button(map, home) {
    var control = L.control({ position: "topleft" });
    control.onAdd = function () {
      var bar = L.DomUtil.create("div", "leaflet-bar"), key = L.DomUtil.create("button", "home", bar);
      key.type = "button";
      key.title = "Back to the berths";
      key.setAttribute("aria-label", key.title);
      key.textContent = "⌂";
      L.DomEvent.disableClickPropagation(bar);
      L.DomEvent.on(key, "click", home);
      return bar;
    };
    control.addTo(map);
  }

  function wheel(map, place) {
    var hint = L.DomUtil.create("p", "wheel-hint", place), timer = 0;
    hint.setAttribute("aria-hidden", "true");
    hint.textContent = L.Browser.mobile ? "Two fingers move the map" : "Ctrl and the wheel zoom the map";
    function show() {
      hint.classList.add("on");
      clearTimeout(timer);
      timer = setTimeout(function () { hint.classList.remove("on"); }, 1200);
    }
    place.addEventListener("wheel", function (event) {
      if (!event.ctrlKey && !event.metaKey) { show(); return; }
      event.preventDefault();
      map.setZoomAround(map.mouseEventToContainerPoint(event), map.getZoom() - 0.5 * Math.sign(event.deltaY));
    }, { passive: false });
    place.addEventListener("touchmove", function (event) { if (event.touches.length === 1) { show(); } }, { passive: true });
  }

  function style(f) {
    var p = f.properties;
    return { color: p.colour, weight: p.weight || 2, opacity: p.opacity || 1, dashArray: p.dash || null,
      fillOpacity: p.fill === undefined ? 0.1 : p.fill };
  }

  function features(layer, evidence) {
    var group = L.featureGroup();
    layer.features.forEach(function (feature) {
      var words = (feature.properties.time ? feature.properties.time + ": " : "") + feature.properties.text;
      var made = L.geoJSON(feature, {
        style: style,
        pointToLayer: function (f, at) { return L.circleMarker(at, { radius: 10 }); }
      });
      var parts = made.getLayers();
      if (feature.ring) { parts.push(L.circleMarker([feature.ring[1], feature.ring[0]], L.extend(style(feature), { radius: 14, weight: 2.5 }))); }
      parts.forEach(function (drawn, index) {
        drawn.bindPopup(function () { return popup(feature.properties, evidence); }, { maxWidth: 260 });
        if (feature.properties.subject && index === parts.length - 1) { reachable(drawn, words); }
        group.addLayer(drawn);
      });
    });
    return group;
  }

  document.querySelectorAll("[data-map]").forEach(function (place) {
    var data = JSON.parse(document.getElementById(place.dataset.map).textContent), over = {};
    var map = L.map(place, { minZoom: 7, maxZoom: 18, zoomSnap: 0.25, scrollWheelZoom: false, dragging: !L.Browser.mobile });
    function home() { map.fitBounds(data.home); }
    map.attributionControl.setPrefix("Leaflet");
    if (data.credit) { map.attributionControl.addAttribution(data.credit); }
    map.createPane("land").style.zIndex = 250;
    L.geoJSON(data.land, { pane: "land", interactive: false, style: style }).addTo(map);
    var picture = L.imageOverlay(data.image, data.bounds, { className: "pixelated-overlay", alt: data.base }).addTo(map);
    over[named(data.base, '<svg class="swatch" width="22" height="14" aria-hidden="true"><rect x="2" y="2" width="18" height="10" fill="#2f5d50"/><path d="M2 12L9 5L13 9L20 4V12Z" fill="#1c3550"/></svg>')] = picture;
    data.layers.forEach(function (layer) {
      var made = features(layer, place.dataset.evidence || "");
      if (layer.on) { made.addTo(map); }
      over[named(layer.name, swatch(layer.features[0]))] = made;
    });
    L.control.layers(null, over, { collapsed: place.clientWidth < 900 }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    button(map, home);
    wheel(map, place);
    place.addEventListener("keydown", function (event) {
      if (event.key === "Home") { event.preventDefault(); home(); }
      if (event.key === "Escape") { map.closePopup(); }
    });
    home();
  });
}());
