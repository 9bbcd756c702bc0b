import { CustomerAddress } from "@portal/interactions/address";
import { patch } from "@web/core/utils/patch";

/**
 * Odoo's address form says what is wrong above it; this says it beside the fields, too, also to
 * those who do not see colours.
 */
patch(CustomerAddress.prototype, {
    setup() {
        super.setup();
        const http = this.http;
        this.http = {
            ...http,
            post: async (...args) => (this.feedback = await http.post(...args)),
        };
    },

    start() {
        super.start();
        const languageEl = this.addressForm.elements.lang;
        if (languageEl) {
            this.addListener(languageEl, "change", this.onLanguageChange);
        }
    },

    /**
     * Only German has two forms of address.
     *
     * @param {Event} ev
     */
    onLanguageChange(ev) {
        const isGerman = ev.target.value.startsWith("de");
        this.el.querySelector("#div_form_of_address").classList.toggle("d-none", !isGerman);
    },

    _markRequired(name, required) {
        // On one's own account fewer fields are required than of an address.
        const names = this.addressForm.dataset.portalRequired?.split(",");
        super._markRequired(name, required && (!names || names.includes(name)));
    },

    async saveAddress(ev) {
        this.feedback = {};
        await super.saveAddress(ev);
        this.showFieldMessages(this.feedback.invalid_fields || [], this.feedback.field_messages || {});
    },

    /**
     * @param {string[]} names fields that are wrong
     * @param {Object<string, string>} messages a sentence per field
     */
    showFieldMessages(names, messages) {
        this.el.querySelectorAll(".kp_field_error").forEach((errorEl) => errorEl.remove());
        for (const inputEl of this.addressForm.querySelectorAll("[name]")) {
            const name = inputEl.name;
            const described = (inputEl.getAttribute("aria-describedby") || "")
                .split(" ")
                .filter((id) => id && id !== `kp_error_${name}`);
            inputEl.toggleAttribute("aria-invalid", false);
            if (names.includes(name)) {
                inputEl.setAttribute("aria-invalid", "true");
            }
            if (names.includes(name) && messages[name]) {
                const errorEl = document.createElement("div");
                errorEl.id = `kp_error_${name}`;
                errorEl.className = "kp_field_error invalid-feedback";
                errorEl.textContent = messages[name];
                inputEl.after(errorEl);
                described.unshift(errorEl.id);
            }
            if (described.length) {
                inputEl.setAttribute("aria-describedby", described.join(" "));
            } else {
                inputEl.removeAttribute("aria-describedby");
            }
        }
        this.addressForm.querySelector("[aria-invalid]")?.focus();
    },
});
