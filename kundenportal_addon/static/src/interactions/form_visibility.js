import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/**
 * Shows a field only while the field that it depends on says so. A convenience: without it everything
 * is there, with a line that says when it counts, and the server decides again what counts.
 */
export class FormVisibility extends Interaction {
    static selector = "form:has(.kp_form_field[data-visible-name])";
    dynamicContent = {
        _root: { "t-on-change": this.update, "t-on-kp-draft-restored": this.update },
    };

    start() {
        for (const hintEl of this.el.querySelectorAll(".kp_form_only_if")) {
            hintEl.hidden = true;
        }
        this.update();
    }

    update() {
        const fieldEls = [...this.el.querySelectorAll(".kp_form_field")];
        // A field that is hidden makes nothing visible; each round may hide one more.
        for (const fieldEl of fieldEls) {
            fieldEl.hidden = false;
        }
        let isChanged = true;
        while (isChanged) {
            isChanged = false;
            for (const fieldEl of fieldEls) {
                if (!fieldEl.hidden && !this.isVisible(fieldEl)) {
                    fieldEl.hidden = true;
                    isChanged = true;
                }
            }
        }
    }

    /**
     * @param {HTMLElement} fieldEl
     * @returns {boolean} whether the field counts, as things stand
     */
    isVisible(fieldEl) {
        const { visibleName, visibleValues } = fieldEl.dataset;
        if (!visibleName) {
            return true;
        }
        const wanted = visibleValues ? visibleValues.split(",") : [];
        return [...this.el.querySelectorAll(`[data-field="${visibleName}"]`)].some((inputEl) => {
            if (inputEl.closest(".kp_form_field").hidden) {
                return false;
            }
            const isCheckbox = inputEl.type === "checkbox";
            const answer = isCheckbox ? inputEl.dataset.choice || "" : inputEl.value;
            const isAnswered = isCheckbox ? inputEl.checked : Boolean(inputEl.value);
            return isAnswered && (!wanted.length || wanted.includes(answer));
        });
    }
}

registry.category("public.interactions").add("kundenportal.form_visibility", FormVisibility);
