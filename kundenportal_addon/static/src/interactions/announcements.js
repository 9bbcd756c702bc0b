/* global Offcanvas */
import { Interaction } from "@web/public/interaction";
import { browser } from "@web/core/browser/browser";
import { registry } from "@web/core/registry";
import { session } from "@web/session";

/**
 * Opens announcements in a side panel and closes their banners, without leaving the page.
 *
 * Without it all of this works, too: banners link to pages and have forms that post.
 */
export class Announcements extends Interaction {
    static selector = "#wrapwrap:has(#kp_announcement_panel)";
    dynamicContent = {
        ".kp_announcement_read": { "t-on-click": this.onRead },
        ".kp_announcement_hide": { "t-on-submit.prevent": this.onHide },
    };

    setup() {
        this.queue = Promise.resolve();
        this.panelEl = this.el.querySelector("#kp_announcement_panel");
        this.statusEl = this.el.querySelector(".kp_announcements_status");
    }

    start() {
        // Out of whatever the theme stacks: the panel has to lie above its backdrop.
        this.insert(this.panelEl, document.body);
        this.panel = Offcanvas.getOrCreateInstance(this.panelEl);
        this.registerCleanup(() => this.panel.dispose());
        this.addListener(this.panelEl, "hidden.bs.offcanvas", this.onPanelHidden);
        const pageEl = this.el.querySelector("[data-announcement-read]");
        if (pageEl && !session.is_portal_viewing) {
            this.post(pageEl.dataset.announcementRead);
        }
        this.waitForTimeout(() => this.readOut(), 500);
    }

    /**
     * Has screen readers say, once in a tab, which announcements there are.
     */
    readOut() {
        const storageKey = `kundenportal.announced.${this.statusEl.dataset.user}`;
        const known = new Set(JSON.parse(browser.sessionStorage.getItem(storageKey) || "[]"));
        const titles = [];
        for (const bannerEl of this.el.querySelectorAll(".kp_announcement")) {
            const key = bannerEl.dataset.announcementKey;
            if (!known.has(key)) {
                known.add(key);
                const titleEl = bannerEl.querySelector(".kp_announcement_title");
                titles.push(titleEl.textContent.trim().replace(/\s+/g, " "));
            }
        }
        browser.sessionStorage.setItem(storageKey, JSON.stringify([...known]));
        this.statusEl.textContent = titles.join("; ");
    }

    /**
     * @param {MouseEvent} ev
     */
    async onRead(ev) {
        if (ev.ctrlKey || ev.metaKey || ev.shiftKey || session.is_portal_viewing) {
            return; // in a tab or window of its own, as with any link
        }
        ev.preventDefault();
        const linkEl = ev.currentTarget;
        this.openerEl = linkEl;
        this.readId = linkEl.closest("[data-announcement-id]").dataset.announcementId;
        const response = await this.waitFor(
            this.post(`/my/announcements/${this.readId}/read`).catch(() => null)
        );
        if (!response || response.redirected || (!response.ok && response.status !== 404)) {
            browser.location.assign(linkEl.href); // the page says what is the matter
            return;
        }
        this.showText(response.ok ? await this.waitFor(response.text()) : "");
        this.panel.show();
    }

    /**
     * @param {string} html the text as the server renders it; empty for one that is gone
     */
    showText(html) {
        const contentEl = this.panelEl.querySelector(".kp_announcement_content");
        contentEl.innerHTML = html; // sanitised when it was saved
        const textEl = contentEl.querySelector(".kp_announcement_text");
        if (textEl) {
            const titleEl = this.panelEl.querySelector("#kp_announcement_panel_title");
            titleEl.textContent = textEl.dataset.title;
        }
        this.panelEl.querySelector(".kp_announcement_gone").classList.toggle("d-none", Boolean(textEl));
    }

    onPanelHidden() {
        this.removeBanner(this.readId);
        this.moveFocus(this.openerEl);
    }

    /**
     * @param {SubmitEvent} ev
     */
    onHide(ev) {
        const formEl = ev.currentTarget;
        const bannerEl = formEl.closest(".kp_announcement");
        const values = ev.submitter?.name ? { [ev.submitter.name]: ev.submitter.value } : {};
        this.post(formEl.getAttribute("action"), values).catch(() => {});
        this.removeBanner(bannerEl.dataset.announcementId);
        this.moveFocus();
    }

    /**
     * Posts one after the other: each changes the session, and two at once would lose one change.
     *
     * @param {string} url
     * @param {Object} [values]
     * @returns {Promise<Response>}
     */
    post(url, values = {}) {
        const send = () =>
            browser.fetch(url, {
                method: "POST",
                body: new URLSearchParams({ ...values, csrf_token: odoo.csrf_token }),
                headers: { "X-Requested-With": "XMLHttpRequest" },
                keepalive: true, // also when the page is left
            });
        const sent = this.queue.then(send);
        this.queue = sent.catch(() => {});
        return sent;
    }

    /**
     * Takes a banner away; the next one comes forward, and the home lists what is not in a banner.
     *
     * @param {string} id
     */
    removeBanner(id) {
        this.el.querySelector(`.kp_announcement[data-announcement-id="${id}"]`)?.remove();
        const sectionEl = this.el.querySelector(".kp_announcements");
        const moreEl = this.el.querySelector(".kp_announcements_more");
        if (moreEl) {
            const restEl = moreEl.querySelector(".kp_announcements_rest");
            if (!sectionEl.querySelector(":scope > .kp_announcement") && restEl.firstElementChild) {
                sectionEl.prepend(restEl.firstElementChild);
            }
            moreEl.querySelector(".kp_announcements_count").textContent = restEl.childElementCount;
            if (!restEl.childElementCount) {
                moreEl.remove();
            }
        }
        if (sectionEl && !sectionEl.querySelector(".kp_announcement")) {
            sectionEl.remove();
        }
        const homeEl = this.el.querySelector(".kp_announcements_home");
        homeEl?.classList.remove("d-none");
        homeEl?.querySelector(`[data-announcement-id="${id}"]`)?.classList.remove("d-none");
    }

    /**
     * Puts the focus where it was, else on what took the banner's place, so that it is never lost.
     *
     * @param {HTMLElement} [openerEl]
     */
    moveFocus(openerEl) {
        const homeLink = `.kp_announcements_home [data-announcement-id="${this.readId}"] a`;
        const targetEl =
            (openerEl?.isConnected && openerEl) ||
            (openerEl && this.el.querySelector(homeLink)) ||
            this.el.querySelector(".kp_announcement .kp_announcement_read") ||
            this.el.querySelector("#wrap");
        if (targetEl?.id === "wrap") {
            targetEl.tabIndex = -1;
        }
        targetEl?.focus();
    }
}

registry.category("public.interactions").add("kundenportal.announcements", Announcements);
