import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { positionsBetween } from "../reachability/pattern";

/**
 * Makes the check boxes of a week quicker to fill in: dragging with the mouse chooses a rectangle,
 * a heading all of its hours. Without it, the boxes work one by one.
 */
export class Reachability extends Interaction {
    static selector = ".kp_reachability_form";
    dynamicContent = {
        "td[data-day]": {
            "t-on-pointerdown": this.onPointerDown,
            "t-on-pointerover": this.onPointerOver,
        },
        "td[data-day] label": { "t-on-click": this.onClick },
        "th[data-day]": { "t-on-click": this.onHeading },
        _window: { "t-on-pointerup": () => (this.drag = null) },
    };

    setup() {
        this.drag = null;
        this.hasMoved = false;
        // Sorted as the pattern is: by days, then hours.
        const place = (box) => box.value.split("-").map(Number);
        this.boxes = [...this.el.querySelectorAll("input[name='hours']")].sort((one, other) => {
            const [[day, hour], [otherDay, otherHour]] = [place(one), place(other)];
            return day - otherDay || hour - otherHour;
        });
        this.el.querySelectorAll("th[data-day]").forEach((headingEl) => this.addButton(headingEl));
    }

    /** Without this script a heading is text, and no button that does nothing. */
    addButton(headingEl) {
        const buttonEl = document.createElement("button");
        buttonEl.type = "button";
        const label = headingEl.getAttribute("aria-label");
        if (label) {
            buttonEl.setAttribute("aria-label", label);
        }
        const content = [...headingEl.childNodes];
        buttonEl.append(...content);
        headingEl.append(buttonEl);
        this.registerCleanup(() => headingEl.replaceChildren(...content));
    }

    placeOf(ev) {
        const { day, hour } = ev.target.closest("[data-day]").dataset;
        return { day: Number(day), hour: Number(hour) };
    }

    onPointerDown(ev) {
        // Fingers scroll the page.
        if (ev.pointerType === "touch" || ev.button) {
            return;
        }
        const place = this.placeOf(ev);
        const checked = this.boxes.map((box) => box.checked);
        const [position] = positionsBetween(place, place);
        this.drag = { place, checked, chosen: !checked[position] };
        this.hasMoved = false;
    }

    onPointerOver(ev) {
        const place = this.placeOf(ev);
        const start = this.drag?.place;
        if (!start || (!this.hasMoved && place.day === start.day && place.hour === start.hour)) {
            return;
        }
        this.hasMoved = true;
        const positions = new Set(positionsBetween(start, place));
        this.boxes.forEach((box, position) => {
            box.checked = positions.has(position) ? this.drag.chosen : this.drag.checked[position];
        });
    }

    /** The box itself follows a click, unless a drag ended where it began. */
    onClick(ev) {
        if (this.hasMoved) {
            ev.preventDefault();
            this.hasMoved = false;
        }
    }

    onHeading(ev) {
        const place = this.placeOf(ev);
        const boxes = positionsBetween(place, place).map((position) => this.boxes[position]);
        const chosen = !boxes.every((box) => box.checked);
        boxes.forEach((box) => (box.checked = chosen));
    }
}

registry.category("public.interactions").add("kundenportal.reachability", Reachability);
