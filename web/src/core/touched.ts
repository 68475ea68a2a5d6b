/** The tiles that a revision touched at one zoom: those at zoom `within` that hold them. */
export interface TouchedZoom {
	zoom: number;
	within: number;
	tiles: readonly (readonly [number, number])[];
}

/** By zoom; at one that is not named any tile may look different. */
export type Touched = readonly TouchedZoom[];

export interface TileId {
	z: number;
	x: number;
	y: number;
}

const tileX = (lon: number, zoom: number) => Math.floor(((lon + 180) / 360) * 2 ** zoom);

function tileY(lat: number, zoom: number): number {
	const sine = Math.sin((lat * Math.PI) / 180);
	return Math.floor((0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * 2 ** zoom);
}

/** All tiles of a zoom that meet a box, one more on each side. */
function tilesAround([west, south, east, north]: readonly number[], zoom: number): TileId[] {
	if (west === undefined || south === undefined || east === undefined || north === undefined) {
		return [];
	}
	const tiles: TileId[] = [];
	for (let x = tileX(west, zoom) - 1; x <= tileX(east, zoom) + 1; x += 1) {
		for (let y = tileY(north, zoom) - 1; y <= tileY(south, zoom) + 1; y += 1) {
			tiles.push({ z: zoom, x, y });
		}
	}
	return tiles;
}

/** The tiles of a zoom near a box that must be asked for again; `null`: all of them. */
export function tilesToAsk(
	touched: Touched,
	zoom: number,
	box: readonly number[],
): readonly TileId[] | null {
	const named = touched.find((one) => one.zoom === zoom);
	if (!named) return null;
	const { within, tiles } = named;
	if (within === zoom) return tiles.map(([x, y]) => ({ z: zoom, x, y }));
	const holders = new Set(tiles.map(([x, y]) => `${x}/${y}`));
	const shift = 2 ** (zoom - within);
	return tilesAround(box, zoom).filter(({ x, y }) =>
		holders.has(`${Math.floor(x / shift)}/${Math.floor(y / shift)}`),
	);
}
