const EQUATOR_M = 40_075_016.686;

export interface ScaleBar {
	metres: number;
	pixels: number;
}

/** The longest bar of 1, 2 or 5 × 10ⁿ metres that is at most `room` pixels wide, in Web Mercator with 512 px tiles. */
export function scaleBar(lat: number, zoom: number, room: number): ScaleBar {
	const perPixel = (EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / (512 * 2 ** zoom);
	const most = perPixel * room;
	const ten = 10 ** Math.floor(Math.log10(most));
	const metres = [5, 2].find((step) => step * ten <= most);
	const length = (metres ?? 1) * ten;
	return { metres: length, pixels: length / perPixel };
}
