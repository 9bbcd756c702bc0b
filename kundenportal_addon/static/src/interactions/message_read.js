import { Interaction } from "@web/public/interaction";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

/**
 * Notes that a message was read once its page is really in front of somebody, by sending the form
 * that others send with its button. A page that a browser opens in the background waits.
 */
export class MessageRead extends Interaction {
    static selector = ".kp_message_page[data-unread]";
    dynamicContent = {
        _document: { "t-on-visibilitychange": this.markWhenVisible },
    };

    start() {
        this.markWhenVisible();
    }

    async markWhenVisible() {
        const formEl = this.el.querySelector("form.kp_mark_read");
        if (session.is_portal_viewing) {
            return; // it is not the customer who reads
        }
        if (document.visibilityState !== "visible" || !formEl || this.isSent) {
            return;
        }
        this.isSent = true;
        try {
            // The answer leads back to this page, which is here already.
            const response = await this.waitFor(
                browser.fetch(formEl.action, {
                    method: "POST",
                    body: new FormData(formEl),
                    redirect: "manual",
                })
            );
            if (response.type !== "opaqueredirect") {
                return;
            }
        } catch {
            return; // offline: the button stays
        }
        formEl.remove();
        this.el.removeAttribute("data-unread");
        this.el.querySelector(".kp_unread_mark")?.remove();
        for (const badgeEl of document.querySelectorAll(".kp_unread_number")) {
            const numberEl = badgeEl.firstElementChild;
            const number = Math.max(0, Number(numberEl.textContent) - 1);
            numberEl.textContent = number;
            badgeEl.classList.toggle("d-none", !number);
        }
    }
}

registry.category("public.interactions").add("kundenportal.message_read", MessageRead);
