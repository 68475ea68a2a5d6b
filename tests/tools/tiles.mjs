// Second opinion on tiles: decodes them with @mapbox/vector-tile, which is what MapLibre reads them with.
//
//     node tests/tools/tiles.mjs FOLDER     FOLDER/{z}/{x}/{y}.mvt; the packages are those of web/
//
// Every polygon has outer rings of positive area and holes of negative, every feature with ground an id
// and its fields, every label lies in its tile, and no label stands in two tiles of a zoom.
import { createRequire } from "node:module";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const require = createRequire(new URL("../../web/package.json", import.meta.url));
const vectorTile = await import(require.resolve("@mapbox/vector-tile"));
const pbf = await import(require.resolve("pbf"));
const { VectorTile } = vectorTile;
const Pbf = pbf.default ?? pbf.PbfReader ?? pbf.Pbf;

const POLYGONS = new Set(["county", "township", "village", "grid", "water", "station", "police"]);
const folder = process.argv[2];
const faults = [];
const labels = new Map();
let tiles = 0;
let features = 0;

function twiceArea(ring) {
	let sum = 0;
	for (let i = 0; i + 1 < ring.length; i++) sum += ring[i].x * ring[i + 1].y - ring[i].y * ring[i + 1].x;
	return sum;
}

function check(where, zoom, name, feature) {
	features += 1;
	const rings = feature.loadGeometry();
	if (POLYGONS.has(name)) {
		if (feature.type !== 3 || !(feature.id > 0)) faults.push(`${where}: ${name} without id or ground`);
		if (!feature.properties.code || !feature.properties.name) faults.push(`${where}: ${name} without fields`);
		if (!(twiceArea(rings[0]) > 0)) faults.push(`${where}: ${name} ${feature.id} begins with a hole`);
		if (rings.some((ring) => twiceArea(ring) === 0)) faults.push(`${where}: a ring without area`);
	} else if (name === "border") {
		if (feature.type !== 2 || !feature.properties.layer || !feature.properties.level)
			faults.push(`${where}: a border without fields`);
	} else {
		const { x, y } = rings[0][0];
		if (x < 0 || y < 0 || x >= 4096 || y >= 4096) faults.push(`${where}: a label beyond its tile`);
		const key = `${zoom} ${name} ${feature.id}`;
		if (labels.has(key)) faults.push(`${where}: ${key} also stands in ${labels.get(key)}`);
		labels.set(key, where);
	}
}

for (const path of readdirSync(folder, { recursive: true }).filter((p) => p.endsWith(".mvt"))) {
	const tile = new VectorTile(new Pbf(readFileSync(join(folder, path))));
	tiles += 1;
	for (const [name, layer] of Object.entries(tile.layers)) {
		if (layer.version !== 2 || layer.extent !== 4096) faults.push(`${path}: ${name} is no layer of ours`);
		for (let i = 0; i < layer.length; i++) check(path, path.split("/")[0], name, layer.feature(i));
	}
}
console.log(`${tiles} tiles, ${features} features, ${labels.size} labels, ${faults.length} faults`);
for (const fault of faults.slice(0, 20)) console.log(fault);
process.exit(faults.length > 0 || tiles === 0 ? 1 : 0);
