// Where a place lies on the screen, from the view in the address.
const world = ([lon, lat], zoom) => {
	const size = 512 * 2 ** zoom;
	const sine = Math.sin((lat * Math.PI) / 180);
	return [
		((lon + 180) / 360) * size,
		(0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)) * size,
	];
};

/** A function from longitude and latitude to the pixel of the page. */
export async function placer(page) {
	const hash = await page.evaluate(() => decodeURIComponent(location.hash));
	const [zoom, lon, lat] = /view=([\d./-]+)/.exec(hash)[1].split("/").map(Number);
	const box = await page.locator(".maplibregl-canvas").boundingBox();
	const [cx, cy] = world([lon, lat], zoom);
	return (place) => {
		const [x, y] = world(place, zoom);
		return { x: box.x + box.width / 2 + x - cx, y: box.y + box.height / 2 + y - cy };
	};
}

/** What is near a view, of a draft: its borders and units. */
export async function nearby(base, draft, [west, south, east, north]) {
	const answer = await fetch(`${base}/api/v1/drafts/${draft}/borders?bbox=${west},${south},${east},${north}`);
	return answer.json();
}

export const between = (a, b, share) => [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share];
