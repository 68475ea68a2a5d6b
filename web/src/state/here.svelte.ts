import { page } from "./page.svelte";

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

/** "Where am I": asks the device, and hands what it says, with its accuracy, to the lookup screen. */
class Here {
	waiting = $state(false);

	find() {
		const { geolocation } = page.text;
		if (!isSecureContext) {
			page.say(geolocation.insecure);
			return;
		}
		if (!("geolocation" in navigator)) {
			page.say(geolocation.absent);
			return;
		}
		this.waiting = true;
		page.say(geolocation.waiting);
		navigator.geolocation.getCurrentPosition(
			({ coords }) => {
				this.waiting = false;
				page.say(null);
				const text = `${coords.longitude.toFixed(7)}, ${coords.latitude.toFixed(7)}`;
				page.ask(text, "wgs84", Math.max(1, Math.round(coords.accuracy)), "push");
			},
			(error) => {
				this.waiting = false;
				page.say(message(error.code));
			},
			{ enableHighAccuracy: true, timeout: 15_000, maximumAge: 10_000 },
		);
	}
}

export const here = new Here();
