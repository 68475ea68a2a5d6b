/** A closed ring of 64 corners around a place, `radius_m` away; for drawing only. */
export function circle(centre: readonly [number, number], radius_m: number): [number, number][] {
	const perDegree = 111_320;
	const wide = perDegree * Math.cos((centre[1] * Math.PI) / 180);
	return Array.from({ length: 65 }, (_, i) => {
		const turn = ((i % 64) / 64) * 2 * Math.PI;
		const east = (radius_m * Math.cos(turn)) / wide;
		const north = (radius_m * Math.sin(turn)) / perDegree;
		return [centre[0] + east, centre[1] + north];
	});
}
