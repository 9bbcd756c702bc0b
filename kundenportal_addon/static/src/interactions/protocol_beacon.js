import { Interaction } from "@web/public/interaction";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";
import { user } from "@web/core/user";

/**
 * Reports to the protocol that a signed-in portal user is active, and what it does with a document.
 *
 * By sendBeacon: it survives leaving the page, and failing (offline, signed out) bothers nobody. That
 * somebody is active is sent once a day and browser; the server counts once a day and person anyway.
 */
export class ProtocolBeacon extends Interaction {
    static selector = "#wrapwrap";
    dynamicContent = {
        "[data-kundenportal-document] a[href*='report_type=pdf']": {
            "t-on-click": this.onDownload,
        },
    };

    setup() {
        // Staff who look through a customer's eyes are not the customer.
        this.isReporting =
            Boolean(user.userId) && !user.isInternalUser && !session.is_portal_viewing;
    }

    start() {
        if (!this.isReporting) {
            return;
        }
        const documentEl = this.el.querySelector("[data-kundenportal-document]");
        const key = `kundenportal.active.${user.userId}`;
        const today = new Date().toDateString();
        if (documentEl || browser.localStorage.getItem(key) !== today) {
            this.report(documentEl && "opened", documentEl);
            browser.localStorage.setItem(key, today);
        }
    }

    /**
     * @param {MouseEvent} ev
     */
    onDownload(ev) {
        if (this.isReporting) {
            const documentEl = ev.target.closest("[data-kundenportal-document]");
            this.report("downloaded", documentEl);
        }
    }

    /**
     * @param {string|null} event "opened" or "downloaded"
     * @param {HTMLElement|null} documentEl element that names the document as "model,id"
     */
    report(event, documentEl) {
        const params = {};
        if (documentEl) {
            const [model, id] = documentEl.dataset.kundenportalDocument.split(",");
            Object.assign(params, { event, document_model: model, document_id: Number(id) });
        }
        const body = JSON.stringify({ jsonrpc: "2.0", method: "call", params });
        browser.navigator.sendBeacon(
            "/my/beacon",
            new Blob([body], { type: "application/json" })
        );
    }
}

registry.category("public.interactions").add("kundenportal.protocol_beacon", ProtocolBeacon);
