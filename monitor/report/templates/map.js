(function () {
  if (typeof L === "undefined") { return; }
  document.querySelectorAll("[data-map]").forEach(function (place) {
    var data = JSON.parse(document.getElementById(place.dataset.map).textContent);
    var map = L.map(place, { minZoom: 7, maxZoom: 18, zoomSnap: 0.25 });
    map.attributionControl.setPrefix("Leaflet");
    var base = L.imageOverlay(data.image, data.bounds, { className: "pixelated-overlay" }).addTo(map);
    var over = {};
    over[data.base] = base;
    data.layers.forEach(function (layer) {
      var made = L.geoJSON({ type: "FeatureCollection", features: layer.features }, {
        style: function (f) {
          var p = f.properties;
          return { color: p.colour, weight: p.weight || 2, opacity: p.opacity || 1, dashArray: p.dash || null,
            fillOpacity: p.fill === undefined ? 0.1 : p.fill };
        },
        pointToLayer: function (f, at) { return L.circleMarker(at, { radius: 6, fillOpacity: 0.9, weight: 1.5 }); },
        onEachFeature: function (f, drawn) {
          var words = document.createElement("span");
          words.textContent = f.properties.text;
          drawn.bindPopup(words);
        }
      });
      if (layer.on) { made.addTo(map); }
      over[layer.name] = made;
    });
    L.control.layers(null, over, { collapsed: place.clientWidth < 720 }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    map.fitBounds(data.bounds);
  });
}());
