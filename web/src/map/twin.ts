import { Map as GlMap, type StyleSpecification } from "maplibre-gl";
import { FONTS, type MapView } from "./view";

/** A second map that lies over the first and shows the same place in another state. It takes no pointer. */
export class TwinView {
	readonly #map: GlMap;
	readonly #leave: () => void;
	#ready = false;
	#waiting: StyleSpecification | null = null;

	constructor(box: HTMLElement, style: StyleSpecification, lead: MapView) {
		const { lon, lat, zoom } = lead.view();
		this.#map = new GlMap({
			container: box,
			style,
			center: [lon, lat],
			zoom,
			interactive: false,
			attributionControl: false,
			fadeDuration: 0,
			localIdeographFontFamily: FONTS,
		});
		const canvas = this.#map.getCanvas();
		canvas.setAttribute("aria-hidden", "true");
		canvas.tabIndex = -1;
		this.#map.on("style.load", () => {
			this.#ready = true;
			if (this.#waiting) this.setStyle(this.#waiting);
		});
		this.#leave = lead.follow((view) => {
			this.#map.jumpTo({ center: [view.lon, view.lat], zoom: view.zoom });
		});
	}

	setStyle(style: StyleSpecification) {
		this.#waiting = this.#ready ? null : style;
		if (this.#ready) this.#map.setStyle(style, { diff: true, localIdeographFontFamily: FONTS });
	}

	remove() {
		this.#leave();
		this.#map.remove();
	}
}
