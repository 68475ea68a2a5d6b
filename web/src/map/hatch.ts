import type { Theme } from "../core/route";
import { HATCH, WARNING } from "./dress";

/** The side of the tile in pixels of the screen; the lines are 45 degrees steep. */
const SIDE = 12;

/** The picture of a name that a style asks for; null for one that is no hatch. */
export function hatchOf(name: string, ratio: number): ImageData | null {
	const theme = (["light", "dark"] as const).find((one: Theme) => name === `${HATCH}-${one}`);
	if (!theme) return null;
	const side = Math.round(SIDE * ratio);
	const context = new OffscreenCanvas(side, side).getContext("2d");
	if (!context) return null;
	context.strokeStyle = WARNING[theme];
	context.lineWidth = 2 * ratio;
	context.lineCap = "square";
	context.beginPath();
	// Three lines, so that the tile goes on at its sides.
	for (const shift of [-side, 0, side]) {
		context.moveTo(shift, side);
		context.lineTo(shift + side, 0);
	}
	context.stroke();
	return context.getImageData(0, 0, side, side);
}
