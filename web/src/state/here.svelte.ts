import { page } from "./page.svelte";

/** Where a device is, in WGS84, and in how wide a circle. */
export interface Fix {
	lon: number;
	lat: number;
	accuracy: number;
}

function message(code: number): string {
	const { geolocation } = page.text;
	switch (code) {
		case GeolocationPositionError.PERMISSION_DENIED:
			return geolocation.denied;
		case GeolocationPositionError.TIMEOUT:
			return geolocation.timeout;
		default:
			return geolocation.unavailable;
	}
}

/** Where the device says that it is. */
class Here {
	waiting = $state(false);

	/** A place, or in words why there is none. */
	ask(): Promise<Fix | string> {
		const { geolocation } = page.text;
		if (!isSecureContext) return Promise.resolve(geolocation.insecure);
		if (!("geolocation" in navigator)) return Promise.resolve(geolocation.absent);
		this.waiting = true;
		return new Promise((resolve) => {
			navigator.geolocation.getCurrentPosition(
				({ coords }) => {
					this.waiting = false;
					const accuracy = Math.max(1, Math.round(coords.accuracy));
					resolve({ lon: coords.longitude, lat: coords.latitude, accuracy });
				},
				(error) => {
					this.waiting = false;
					resolve(message(error.code));
				},
				{ enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 },
			);
		});
	}

	/** "Where am I": hands what the device says, with its accuracy, to the lookup screen. */
	async find(): Promise<void> {
		page.say(page.text.geolocation.waiting);
		const found = await this.ask();
		if (typeof found === "string") {
			page.say(found);
			return;
		}
		page.say(null);
		const text = `${found.lon.toFixed(7)}, ${found.lat.toFixed(7)}`;
		page.ask(text, "wgs84", found.accuracy, "push");
	}
}

export const here = new Here();
