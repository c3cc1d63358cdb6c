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
        style: function (f) { return { color: f.properties.colour, weight: 2, fillOpacity: 0.08, dashArray: f.properties.dash || null }; },
        pointToLayer: function (f, at) { return L.circleMarker(at, { radius: 5 }); },
        onEachFeature: function (f, drawn) {
          var words = document.createElement("span");
          words.textContent = f.properties.text;
          drawn.bindPopup(words);
        }
      });
      if (layer.name !== "AIS gaps") { made.addTo(map); }
      over[layer.name] = made;
    });
    L.control.layers(null, over, { collapsed: false }).addTo(map);
    L.control.scale({ imperial: false }).addTo(map);
    map.fitBounds(data.bounds);
  });
}());
