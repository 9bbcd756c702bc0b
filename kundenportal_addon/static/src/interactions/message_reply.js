import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";

/** Says that files are too large before they are sent: afterwards they would have to be chosen again. */
export class MessageReply extends Interaction {
    static selector = "form.kp_reply_form";
    dynamicContent = {
        "input[type='file']": { "t-on-change": this.checkFiles },
        _root: { "t-on-submit": this.onSubmit },
    };

    /**
     * @returns {boolean} whether the chosen files may be sent
     */
    checkFiles() {
        const inputEl = this.el.querySelector("input[type='file']");
        const sentenceEl = this.el.querySelector(".kp_files_too_many");
        const { maxFiles, maxBytes } = this.el.dataset;
        const files = [...inputEl.files];
        const isFine =
            files.length <= Number(maxFiles) && files.every((file) => file.size <= Number(maxBytes));
        inputEl.classList.toggle("is-invalid", !isFine);
        inputEl.toggleAttribute("aria-invalid", !isFine);
        sentenceEl.hidden = isFine;
        return isFine;
    }

    /**
     * @param {SubmitEvent} ev
     */
    onSubmit(ev) {
        if (!this.checkFiles()) {
            ev.preventDefault();
            this.el.querySelector("input[type='file']").focus();
        }
    }
}

registry.category("public.interactions").add("kundenportal.message_reply", MessageReply);
