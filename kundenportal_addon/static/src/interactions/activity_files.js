import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/**
 * Says that a file cannot be taken before it is sent: on a telephone 30 MB take minutes, and
 * afterwards the files would have to be chosen again. The server asks the same questions again.
 */
export class ActivityFiles extends Interaction {
    static selector = "form:has(input[type='file'][data-max-bytes])";
    dynamicContent = {
        "input[type='file'][data-max-bytes]": { "t-on-change": this.onChange },
        _root: { "t-on-submit": this.onSubmit },
    };

    /**
     * @param {Event} ev
     */
    onChange(ev) {
        this.check(ev.currentTarget);
    }

    /**
     * @param {SubmitEvent} ev
     */
    onSubmit(ev) {
        const inputEls = [...this.el.querySelectorAll("input[type='file'][data-max-bytes]")];
        const refusedEl = inputEls.filter((inputEl) => !this.check(inputEl))[0];
        if (refusedEl) {
            ev.preventDefault();
            refusedEl.focus();
        }
    }

    /**
     * @param {HTMLInputElement} inputEl
     * @returns {boolean} whether its files may be sent
     */
    check(inputEl) {
        const { maxFiles, maxBytes, endings } = inputEl.dataset;
        const files = [...inputEl.files];
        const isAllowed = ({ name }) =>
            !endings || endings.split(",").includes(name.split(".").pop().toLowerCase());
        const isFine =
            files.length <= Number(maxFiles || 1) &&
            files.every((file) => file.size <= Number(maxBytes) && isAllowed(file));
        inputEl.classList.toggle("is-invalid", !isFine);
        isFine
            ? inputEl.removeAttribute("aria-invalid")
            : inputEl.setAttribute("aria-invalid", "true");
        const sentenceEl = inputEl.parentElement.querySelector(".kp_files_refused");
        if (sentenceEl) {
            sentenceEl.hidden = isFine;
        }
        return isFine;
    }
}

registry.category("public.interactions").add("kundenportal.activity_files", ActivityFiles);
