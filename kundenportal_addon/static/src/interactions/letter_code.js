import { Interaction } from "@web/public/interaction";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";

/** Fills in the code that the picture on an access letter brings along, behind the # of the address. */
export class LetterCode extends Interaction {
    static selector = "form.o_kundenportal_code";

    start() {
        const code = browser.location.hash.slice(1);
        if (code) {
            this.el.querySelector("input[name='code']").value = code;
            // Not in the history of a telephone that others use as well.
            browser.history.replaceState(null, "", browser.location.pathname);
        }
    }
}

registry.category("public.interactions").add("kundenportal_addon.letter_code", LetterCode);
